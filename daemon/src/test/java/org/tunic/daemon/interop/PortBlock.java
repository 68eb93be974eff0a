package org.tunic.daemon.interop;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Random;

/**
 * Two hundred neighbouring ports of 127.0.0.1 that no other test network takes, below the range the
 * kernel gives to outgoing connections. The last port of the block stays bound as long as the block
 * is held; that is the claim.
 *
 * <p>Threads: that of the test.
 */
final class PortBlock implements AutoCloseable {
  static final int SIZE = 200;
  private static final int FIRST = 10_000;
  private static final int END = 27_000; // the demo and its test have those above
  private static final int ATTEMPTS = 200;

  private final int base;
  private final ServerSocket claim;
  private int used;

  private PortBlock(int base, ServerSocket claim) {
    this.base = base;
    this.claim = claim;
  }

  static PortBlock claim() throws IOException {
    // The choice only has to differ between processes that start at the same time.
    Random random = new Random(System.nanoTime() ^ ProcessHandle.current().pid() << 32);
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      int base = FIRST + SIZE * random.nextInt((END - FIRST) / SIZE);
      ServerSocket claim;
      try {
        claim = bind(base + SIZE - 1);
      } catch (IOException taken) {
        continue;
      }
      if (allFree(base)) {
        return new PortBlock(base, claim);
      }
      claim.close();
    }
    throw new IOException("no block of " + SIZE + " free ports on 127.0.0.1");
  }

  private static boolean allFree(int base) {
    for (int port = base; port < base + SIZE - 1; port++) {
      try (ServerSocket probe = bind(port)) {
        if (!probe.isBound()) {
          return false;
        }
      } catch (IOException taken) {
        return false;
      }
    }
    return true;
  }

  private static ServerSocket bind(int port) throws IOException {
    ServerSocket socket = new ServerSocket();
    try {
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** The next port nobody asked for yet. */
  synchronized int next() {
    if (used == SIZE - 1) {
      throw new IllegalStateException("all ports of the block are in use");
    }
    return base + used++;
  }

  @Override
  public void close() throws IOException {
    claim.close();
  }
}
