package org.tunic.daemon.stream;

import com.github.luben.zstd.ZstdInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;
import org.tukaani.xz.LZMAInputStream;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.directory.doc.consensus.UnverifiedConsensus;
import org.tunic.directory.fetch.DirAuthority;
import org.tunic.directory.fetch.DirFetchException;
import org.tunic.directory.fetch.DirRequest;
import org.tunic.directory.fetch.DirServer;
import org.tunic.router.stream.begindir.DirClientLimits;
import org.tunic.router.stream.begindir.StreamDirectoryTransport;

/**
 * The program of somebody who fetches from a {@link LyingServer}, with the transport and the limits
 * that a node has. Arguments: the server's port and a {@link Mode}; then, but for the first, the
 * lie.
 *
 * <p>Threads: the main one, and a virtual one that is lied to.
 */
public final class LiedTo {
  /** What to do. */
  enum Mode {
    /**
     * Honest documents, {@link #HONEST} bytes, with nothing else about; the same while every lie is
     * asked for, in turn; and again with nothing else about. Prints how long each took.
     */
    BOUNDED,
    /** One lie, by somebody who sets no limit to the document. */
    UNBOUNDED,
    /** One lie, by somebody who decompresses whatever comes. */
    NAIVE
  }

  /** How often it is tried to get honest documents at half of their rate: machines are busy. */
  private static final int TRIES = 3;

  /** Bytes of honest documents fetched in a row. */
  static final int HONEST = 64 << 20;

  private final StreamDirectoryTransport transport;
  private final DirServer server;
  private final AtomicInteger refused = new AtomicInteger();
  private final AtomicInteger believed = new AtomicInteger();

  private LiedTo(int port, Sockets sockets) throws IOException {
    this.transport =
        new StreamDirectoryTransport(
            new DirPortDialer(sockets.group, sockets.sockets, Duration.ofSeconds(5)),
            DirClientLimits.NORMAL);
    try {
      this.server =
          new DirServer.Authority(
              DirAuthority.parse(
                  "liar orport=1 no-v2 v3ident=%s 127.0.0.1:%d %s"
                      .formatted("A".repeat(40), port, "B".repeat(40))));
    } catch (MalformedException e) {
      throw new IOException(e);
    }
  }

  /** Prints a line and ends. */
  public static void main(String... args) throws Exception {
    int port = Integer.parseInt(args[0]);
    Mode mode = Mode.valueOf(args[1]);
    if (mode == Mode.NAIVE) {
      System.out.println("took " + naive(port, LyingServer.Lie.valueOf(args[2])) + " bytes");
      return;
    }
    try (Sockets sockets = new Sockets(Sockets.Kind.EPOLL)) {
      LiedTo program = new LiedTo(port, sockets);
      if (mode == Mode.UNBOUNDED) {
        DirRequest request = DirRequest.get("/" + args[2], Integer.MAX_VALUE);
        int taken = program.transport.exchange(program.server, request).body().length();
        System.out.println("took " + taken + " bytes");
      } else {
        program.bounded();
      }
    }
  }

  private void bounded() throws Exception {
    fetchHonest(); // so that all is warm
    long before = fetchHonest();
    AtomicBoolean enough = new AtomicBoolean();
    Thread lied = Thread.ofVirtual().start(() -> beLiedTo(enough));
    long during = fetchHonestWhileEveryLieIsTold();
    for (int tries = 1; tries < TRIES && during > 2 * before; tries++) {
      during = Math.min(during, fetchHonestWhileEveryLieIsTold());
    }
    enough.set(true);
    lied.join();
    System.out.println(
        "before=%d during=%d after=%d refused=%d believed=%d peak=%d"
            .formatted(
                before, during, fetchHonest(), refused.get(), believed.get(), peakResidentKib()));
  }

  /** Milliseconds that it took, each time. */
  private long fetchHonestWhileEveryLieIsTold() throws DirFetchException, InterruptedException {
    int until = lies() + LyingServer.Lie.values().length;
    long millis = 0;
    int times = 0;
    while (lies() < until) {
      millis += fetchHonest();
      times++;
    }
    return millis / times;
  }

  private int lies() {
    return refused.get() + believed.get();
  }

  /** Milliseconds that it took. */
  private long fetchHonest() throws DirFetchException, InterruptedException {
    long start = System.nanoTime();
    for (int left = HONEST; left > 0; left -= LyingServer.HONEST_BYTES) {
      DirRequest request = DirRequest.get("/honest", UnverifiedConsensus.MAX_LENGTH);
      if (transport.exchange(server, request).body().length() != LyingServer.HONEST_BYTES) {
        throw new AssertionError("an honest document is not whole");
      }
    }
    return Duration.ofNanos(System.nanoTime() - start).toMillis();
  }

  private void beLiedTo(AtomicBoolean enough) {
    for (int i = 0; !enough.get(); i = (i + 1) % LyingServer.Lie.values().length) {
      String path = "/" + LyingServer.Lie.values()[i];
      try {
        transport.exchange(server, DirRequest.get(path, UnverifiedConsensus.MAX_LENGTH));
        believed.incrementAndGet();
      } catch (DirFetchException e) {
        if (e.reason() != DirFetchException.Reason.TOO_LARGE) {
          throw new AssertionError(path, e);
        }
        refused.incrementAndGet();
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private static long peakResidentKib() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmHWM:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow();
  }

  private static int naive(int port, LyingServer.Lie lie) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", port)) {
      socket
          .getOutputStream()
          .write(("GET /" + lie + " HTTP/1.0\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
      InputStream in = socket.getInputStream();
      for (int last4 = 0; last4 != 0x0d0a0d0a; ) {
        last4 = last4 << 8 | in.read();
      }
      InputStream coded = new ByteArrayInputStream(in.readAllBytes());
      ByteArrayOutputStream plain = new ByteArrayOutputStream();
      while (coded.available() > 0) {
        decompressor(lie.coding, coded).transferTo(plain);
      }
      return plain.size();
    }
  }

  private static InputStream decompressor(String coding, InputStream coded) throws IOException {
    return switch (coding) {
      case "deflate" -> new InflaterInputStream(coded);
      case "gzip" -> new GZIPInputStream(coded);
      case "x-zstd" -> new ZstdInputStream(coded);
      case "x-tor-lzma" -> new LZMAInputStream(coded);
      default -> coded;
    };
  }
}
