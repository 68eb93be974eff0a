package org.tunic.daemon.stream;

import com.github.luben.zstd.ZstdOutputStream;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.LZMAOutputStream;
import org.tunic.crypto.bytes.Bytes;

/**
 * A directory server that sends more than any document can be: as it is, compressed about
 * fifteenfold as a document might be, or as a bomb. The path names the lie; any other path gets an
 * honest {@link #HONEST_BYTES}.
 *
 * <p>Threads: a virtual thread a connection; the lies are made before.
 */
final class LyingServer implements AutoCloseable {
  /** Bytes of an honest document. */
  static final int HONEST_BYTES = 4 << 20;

  /** Bytes that each lie comes to. */
  static final int LIE_BYTES = 256 << 20;

  /** Compressed streams may follow each other: most lies are one of this size, many times. */
  private static final int UNIT_BYTES = 4 << 20;

  private static final int UNITS = LIE_BYTES / UNIT_BYTES;

  /** What it sends. */
  enum Lie {
    /** Without an end and without a length. */
    ENDLESS("identity", 1024),
    DEFLATE("deflate", 64),
    GZIP("gzip", 64),
    ZSTD("x-zstd", 64),
    LZMA("x-tor-lzma", 64),
    DEFLATE_BOMB("deflate", 0),
    GZIP_BOMB("gzip", 0),
    ZSTD_BOMB("x-zstd", 0),
    LZMA_BOMB("x-tor-lzma", 0);

    final String coding;

    /** Random bytes in each 1024; the others are zero. */
    private final int random;

    /** Whether it is one compressed stream: few decompress what follows one by deflate. */
    private boolean whole() {
      return this == DEFLATE_BOMB;
    }

    Lie(String coding, int random) {
      this.coding = coding;
      this.random = random;
    }
  }

  /** A lie, what of it is sent at a time, and how often it was told. */
  private record Told(Lie lie, Bytes unit, AtomicInteger times) {}

  private final ServerSocket listener;
  private final Map<String, Told> lies = new HashMap<>();
  private final byte[] honest = content(1024, HONEST_BYTES);

  LyingServer() throws IOException {
    for (Lie lie : Lie.values()) {
      lies.put("/" + lie, new Told(lie, Bytes.copyOf(encode(lie)), new AtomicInteger()));
    }
    listener = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::listen);
  }

  int port() {
    return listener.getLocalPort();
  }

  /** How often a lie was asked for. */
  int told(Lie lie) {
    Told told = lies.get("/" + lie);
    return told == null ? 0 : told.times.get();
  }

  private static byte[] content(int random, int length) {
    byte[] content = new byte[length];
    byte[] block = new byte[random];
    Random source = new Random(length);
    for (int at = 0; at < length; at += 1024) {
      source.nextBytes(block);
      System.arraycopy(block, 0, content, at, random);
    }
    return content;
  }

  private static byte[] encode(Lie lie) throws IOException {
    ByteArrayOutputStream coded = new ByteArrayOutputStream();
    try (OutputStream out =
        switch (lie.coding) {
          case "identity" -> coded;
          case "deflate" -> new DeflaterOutputStream(coded);
          case "gzip" -> new GZIPOutputStream(coded);
          case "x-zstd" -> new ZstdOutputStream(coded);
          default -> new LZMAOutputStream(coded, new LZMA2Options(0), -1);
        }) {
      byte[] unit = content(lie.random, UNIT_BYTES);
      for (int i = 0; i < (lie.whole() ? UNITS : 1); i++) {
        out.write(unit);
      }
    }
    return coded.toByteArray();
  }

  private void listen() {
    try {
      while (true) {
        Socket socket = listener.accept();
        Thread.ofVirtual().start(() -> serve(socket));
      }
    } catch (IOException closed) {
      // the end
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
      String request = in.readLine();
      for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {}
      OutputStream out = socket.getOutputStream();
      Told told = request == null ? null : lies.get(request.split(" ", -1)[1]);
      if (told != null) {
        tell(told, out);
        return;
      }
      out.write(head("identity", "Content-Length: " + HONEST_BYTES + "\r\n"));
      out.write(honest);
    } catch (SocketException hungUp) {
      // whoever is lied to may go
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void tell(Told told, OutputStream out) throws IOException {
    told.times.incrementAndGet();
    byte[] unit = told.unit.toArray();
    out.write(head(told.lie.coding, ""));
    for (int i = 0; i < (told.lie.whole() ? 1 : UNITS); i++) {
      out.write(unit);
    }
  }

  private static byte[] head(String coding, String more) {
    return ("HTTP/1.0 200 OK\r\nContent-Encoding: " + coding + "\r\n" + more + "\r\n")
        .getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
