package org.tunic.daemon.demo;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.random.RandomGenerator;

/**
 * The web server at the other end of the demo: a page and a large file, on loopback.
 *
 * <p>Threads: any; requests on virtual threads.
 */
final class DemoWebServer implements AutoCloseable {
  static final int FILE_BYTES = 64 * 1024 * 1024;
  private static final int CHUNK_BYTES = 64 * 1024;

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final byte[] page;
  private final byte[] onionPage;
  private final byte[][] chunks = new byte[16][CHUNK_BYTES];

  /**
   * @param content what page and file are made of
   * @throws IOException when the port cannot be had
   */
  DemoWebServer(int port, RandomGenerator content) throws IOException {
    page = page("This page came through three hops. ", content);
    onionPage =
        page("This page came through six hops: neither side knows where the other is. ", content);
    for (byte[] chunk : chunks) {
      content.nextBytes(chunk);
    }
    server =
        HttpServer.create(
            new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port), 64);
    server.setExecutor(threads);
    server.createContext("/", this::answerPage);
    server.createContext("/64m.bin", this::answerFile);
    server.start();
  }

  private static byte[] page(String text, RandomGenerator content) {
    return ("<!doctype html><title>Tunic</title><p>"
            + text
            + Long.toHexString(content.nextLong())
            + "\n")
        .getBytes(StandardCharsets.UTF_8);
  }

  byte[] page() {
    return page.clone();
  }

  /** The page that is given to whoever asks by an onion address. */
  byte[] onionPage() {
    return onionPage.clone();
  }

  /** Adds the whole file to a digest. */
  void digestFile(MessageDigest digest) {
    for (int sent = 0, i = 0; sent < FILE_BYTES; sent += CHUNK_BYTES, i++) {
      digest.update(chunks[i % chunks.length]);
    }
  }

  private void answerPage(HttpExchange exchange) throws IOException {
    try (exchange) {
      exchange.getResponseHeaders().set("Content-Type", "text/html; charset=utf-8");
      String host = exchange.getRequestHeaders().getFirst("Host");
      byte[] body = host != null && host.endsWith(".onion") ? onionPage : page;
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private void answerFile(HttpExchange exchange) throws IOException {
    try (exchange) {
      exchange.sendResponseHeaders(200, FILE_BYTES);
      OutputStream body = exchange.getResponseBody();
      for (int sent = 0, i = 0; sent < FILE_BYTES; sent += CHUNK_BYTES, i++) {
        body.write(chunks[i % chunks.length]);
      }
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
