package org.tunic.daemon.interop;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A long download through a SOCKS 5 port that can stop reading and go on, and that checks every
 * byte against the {@link WebServer} it comes from.
 *
 * <p>Threads: its own virtual thread reads; the other methods may be called by any.
 */
final class SocksDownload implements AutoCloseable {
  /** A stopped reader must fill soon: the kernel shall not hide what the overlay has to bear. */
  private static final int RECEIVE_BUFFER_BYTES = 64 << 10;

  private final WebServer server;
  private final Socket socket;
  private final AtomicLong received = new AtomicLong();
  private boolean stopped;
  private volatile boolean closed;
  private volatile @Nullable Throwable failure;

  /**
   * Starts to download {@code bytes} of the stream.
   *
   * @param user SOCKS user name and password for isolation; empty for no authentication
   */
  @SuppressWarnings("this-escape") // the reader starts last and the class is final
  SocksDownload(TorNode client, String user, WebServer server, long bytes) throws IOException {
    this.server = server;
    this.socket = new Socket();
    socket.setReceiveBufferSize(RECEIVE_BUFFER_BYTES);
    socket.setSoTimeout(0);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), client.ports().socks()));
    Thread.ofVirtual().name("download " + user).start(() -> run(user, bytes));
  }

  private void run(String user, long bytes) {
    try {
      InputStream in = socket.getInputStream();
      OutputStream out = socket.getOutputStream();
      int reply = Socks5.ask(socket, user, "127.0.0.1", server.port());
      if (reply != Socks5.SUCCEEDED) {
        throw new IOException("SOCKS reply " + reply);
      }
      out.write(
          ("GET /stream/" + bytes + " HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n").getBytes(ISO_8859_1));
      skipHead(in);
      readBody(in, bytes);
    } catch (IOException | AssertionError e) {
      if (!closed) {
        failure = e;
      }
    }
  }

  private static void skipHead(InputStream in) throws IOException {
    int last4 = 0;
    while (last4 != 0x0d0a0d0a) {
      int c = in.read();
      if (c < 0) {
        throw new EOFException("no end of the HTTP head");
      }
      last4 = last4 << 8 | c;
    }
  }

  private void readBody(InputStream in, long bytes) throws IOException {
    byte[] buffer = new byte[32 << 10];
    long offset = 0;
    while (offset < bytes) {
      awaitLeave();
      int n = in.read(buffer);
      if (n < 0) {
        throw new EOFException("the download ended after " + offset + " bytes");
      }
      if (!server.matches(offset, buffer, n)) {
        throw new IOException("wrong bytes near " + offset);
      }
      offset += n;
      received.set(offset);
    }
  }

  private synchronized void awaitLeave() throws IOException {
    try {
      while (stopped) {
        wait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** Stops reading from the socket until {@link #goOn}. */
  synchronized void stopReading() {
    stopped = true;
  }

  synchronized void goOn() {
    stopped = false;
    notifyAll();
  }

  /**
   * Bytes of content received and checked so far.
   *
   * @throws AssertionError if the download has failed
   */
  long received() {
    Throwable why = failure;
    if (why != null) {
      throw new AssertionError("a download failed", why);
    }
    return received.get();
  }

  @Override
  public void close() throws IOException {
    closed = true;
    goOn();
    socket.close();
  }
}
