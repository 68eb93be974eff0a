package org.tunic.daemon.hostile;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.DeflaterOutputStream;

/**
 * The program of a peer that uploads to a directory port what nobody should. Arguments: the port,
 * how many uploads of each {@link Kind} there are at once, and the bytes of those that never end.
 * For each line on its standard input it prints one line of counts; it ends with its input.
 *
 * <p>Threads: a virtual one for each upload, and the main thread; counts are atomic.
 */
public final class Uploads {
  /** What is wrong with an upload. */
  private enum Kind {
    /** It lacks its last byte, for ever. */
    NEVER_ENDS("/tor/"),
    /** Its length is more than is taken. */
    OVERSIZED("/tor/post/vote"),
    /** It is said to be compressed, and would be 256 MiB. */
    BOMB("/tor/post/vote");

    private final String path;

    Kind(String path) {
      this.path = path;
    }
  }

  private static final int PIECE = 64 << 10;
  private static final int PIECES_OF_BOMB = 4096;
  private static final int OVERSIZED = 2_000_000_000;

  private final int port;
  private final int each;
  private final int bytes;
  private final byte[] bomb = bomb();
  private final AtomicInteger settled = new AtomicInteger();
  private final AtomicInteger sent = new AtomicInteger();
  private final AtomicInteger dropped = new AtomicInteger();
  private final AtomicInteger refused = new AtomicInteger();

  private Uploads(String... args) throws IOException {
    this.port = Integer.parseInt(args[0]);
    this.each = Integer.parseInt(args[1]);
    this.bytes = Integer.parseInt(args[2]);
  }

  private static byte[] bomb() throws IOException {
    ByteArrayOutputStream coded = new ByteArrayOutputStream();
    try (OutputStream out = new DeflaterOutputStream(coded)) {
      for (int i = 0; i < PIECES_OF_BOMB; i++) {
        out.write(new byte[PIECE]);
      }
    }
    return coded.toByteArray();
  }

  /** Runs until the input ends. */
  public static void main(String... args) throws IOException {
    new Uploads(args).run();
  }

  private void run() throws IOException {
    for (int i = 0; i < each; i++) {
      for (Kind kind : Kind.values()) {
        Thread.ofVirtual().start(() -> upload(kind));
      }
    }
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    while (in.readLine() != null) {
      // What never ends is held by the victim unless it answers, or goes.
      System.out.println(
          "settled=%d held=%d refused=%d"
              .formatted(settled.get(), sent.get() - dropped.get(), refused.get()));
      System.out.flush();
    }
    System.exit(0);
  }

  private void upload(Kind kind) {
    boolean held = false;
    try (Socket socket = new Socket("127.0.0.1", port)) {
      OutputStream out = socket.getOutputStream();
      switch (kind) {
        case NEVER_ENDS -> {
          out.write(head(kind, bytes, ""));
          send(out, bytes - 1);
          held = true;
          sent.incrementAndGet();
          settled.incrementAndGet();
        }
        case OVERSIZED -> {
          out.write(head(kind, OVERSIZED, ""));
          send(out, OVERSIZED);
        }
        case BOMB -> {
          out.write(head(kind, bomb.length, "Content-Encoding: deflate\r\n"));
          out.write(bomb);
        }
      }
      while (socket.getInputStream().read() >= 0) {}
    } catch (IOException refusedByReset) {
      // as good as an answer
    }
    refused.incrementAndGet();
    if (held) {
      dropped.incrementAndGet();
    } else {
      settled.incrementAndGet();
    }
  }

  private static byte[] head(Kind kind, int length, String more) {
    return "POST %s HTTP/1.0\r\nContent-Length: %d\r\n%s\r\n"
        .formatted(kind.path, length, more)
        .getBytes(StandardCharsets.US_ASCII);
  }

  private static void send(OutputStream out, int length) throws IOException {
    byte[] piece = new byte[PIECE];
    for (int left = length; left > 0; left -= piece.length) {
      out.write(piece, 0, Math.min(left, piece.length));
    }
  }
}
