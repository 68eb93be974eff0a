package org.tunic.daemon.interop;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A web server, on 127.0.0.1 if nobody says otherwise, with a page, a file of 64 MiB and a stream
 * of any length, all of known content: pseudo-random bytes from a fixed seed, the stream being the
 * file over and over.
 *
 * <p>Threads: a virtual thread per connection; the contents are immutable.
 */
final class WebServer implements AutoCloseable {
  static final int FILE_BYTES = 64 << 20;
  private static final int CHUNK_BYTES = 64 << 10;
  private static final long SEED = 0x7475_6e69_63L;

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final byte[] file = new byte[FILE_BYTES];
  private final byte[] page;
  private final AtomicInteger requests = new AtomicInteger();
  private final AtomicInteger intactUploads = new AtomicInteger();

  /** On loopback. */
  WebServer() throws IOException {
    this(InetAddress.getLoopbackAddress());
  }

  WebServer(InetAddress address) throws IOException {
    SplittableRandom random = new SplittableRandom(SEED);
    random.nextBytes(file);
    page = ("a page of " + random.nextLong() + "\n" + "line\n".repeat(200)).getBytes(UTF_8);
    server = HttpServer.create(new InetSocketAddress(address, 0), 64);
    server.createContext("/page", exchange -> serve(exchange, page, page.length));
    server.createContext("/file", exchange -> serve(exchange, file, file.length));
    server.createContext("/stream/", exchange -> serve(exchange, file, wanted(exchange)));
    server.createContext("/take", this::take);
    server.setExecutor(threads);
    server.start();
  }

  private static long wanted(HttpExchange exchange) {
    return Long.parseLong(exchange.getRequestURI().getPath().substring("/stream/".length()));
  }

  private void serve(HttpExchange exchange, byte[] content, long lengthBytes) throws IOException {
    requests.incrementAndGet();
    try (exchange) {
      exchange.sendResponseHeaders(200, lengthBytes);
      OutputStream out = exchange.getResponseBody();
      for (long sent = 0; sent < lengthBytes; ) {
        int at = (int) (sent % content.length);
        int size = (int) Math.min(Math.min(CHUNK_BYTES, content.length - at), lengthBytes - sent);
        out.write(content, at, size);
        sent += size;
      }
    }
  }

  private void take(HttpExchange exchange) throws IOException {
    requests.incrementAndGet();
    try (exchange) {
      byte[] received = exchange.getRequestBody().readAllBytes();
      boolean intact = received.length > 0 && matches(0, received, received.length);
      if (intact) {
        intactUploads.incrementAndGet();
      }
      exchange.sendResponseHeaders(intact ? 200 : 400, -1);
    }
  }

  int port() {
    return server.getAddress().getPort();
  }

  /** Requests that reached this server, so that a test can tell that a fetch really came here. */
  int requests() {
    return requests.get();
  }

  /** Uploads of which each byte was that of the stream. */
  int intactUploads() {
    return intactUploads.get();
  }

  /** The first {@code bytes} of the stream, for an upload to {@link #takeUrl}. */
  byte[] head(int bytes) {
    return Arrays.copyOf(file, bytes);
  }

  /** Takes what {@link #head} gives; answers 400 to anything else. */
  String takeUrl() {
    return url("take");
  }

  String pageUrl() {
    return url("page");
  }

  String fileUrl() {
    return url("file");
  }

  private String url(String path) {
    return "http://127.0.0.1:" + port() + "/" + path;
  }

  int pageBytes() {
    return page.length;
  }

  String pageSha256() {
    return sha256(page);
  }

  String fileSha256() {
    return sha256(file);
  }

  /** True if {@code length} bytes of {@code received} are what the stream has at {@code offset}. */
  boolean matches(long offset, byte[] received, int length) {
    int done = 0;
    while (done < length) {
      int at = (int) ((offset + done) % file.length);
      int size = Math.min(length - done, file.length - at);
      if (!Arrays.equals(received, done, done + size, file, at, at + size)) {
        return false;
      }
      done += size;
    }
    return true;
  }

  private static String sha256(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
