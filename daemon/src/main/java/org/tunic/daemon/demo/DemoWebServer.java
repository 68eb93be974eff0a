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
  private final byte[][] chunks = new byte[16][CHUNK_BYTES];

  /**
   * @param content what page and file are made of
   * @throws IOException when the port cannot be had
   */
  DemoWebServer(int port, RandomGenerator content) throws IOException {
    page =
        ("<!doctype html><title>Tunic</title><p>This page came through three hops. "
                + Long.toHexString(content.nextLong())
                + "\n")
            .getBytes(StandardCharsets.UTF_8);
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

  byte[] page() {
    return page.clone();
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
      exchange.sendResponseHeaders(200, page.length);
      exchange.getResponseBody().write(page);
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
