package org.tunic.daemon.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Ports of 127.0.0.1 that no other test network takes, below the range the kernel gives to outgoing
 * connections. They come from blocks of two hundred neighbours, another one whenever all of one are
 * used; the last port of a block stays bound as long as it is held, and that is the claim.
 *
 * <p>Threads: any.
 */
final class PortBlock implements AutoCloseable {
  static final int SIZE = 200;
  private static final int FIRST = 10_000;
  private static final int END = 27_000; // the demo and its test have those above
  private static final int ATTEMPTS = 200;

  private final List<ServerSocket> claims = new ArrayList<>();
  private int used = SIZE - 1; // of the last block

  private PortBlock() {}

  /** With one block at first. */
  static PortBlock claim() throws IOException {
    PortBlock ports = new PortBlock();
    ports.grow();
    return ports;
  }

  private synchronized void grow() throws IOException {
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
        claims.add(claim);
        used = 0;
        return;
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
      try {
        grow();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return claims.getLast().getLocalPort() - (SIZE - 1) + used++;
  }

  @Override
  public synchronized void close() throws IOException {
    for (ServerSocket claim : claims) {
      claim.close();
    }
  }
}
