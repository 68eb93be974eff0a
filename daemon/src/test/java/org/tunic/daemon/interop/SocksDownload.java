package org.tunic.daemon.interop;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.DataInputStream;
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
      DataInputStream in = new DataInputStream(socket.getInputStream());
      OutputStream out = socket.getOutputStream();
      handshake(user, in, out);
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

  private void handshake(String user, DataInputStream in, OutputStream out) throws IOException {
    byte[] name = user.getBytes(ISO_8859_1);
    out.write(new byte[] {5, 1, (byte) (name.length == 0 ? 0 : 2)});
    expect(in.readUnsignedByte() == 5, "SOCKS version");
    int method = in.readUnsignedByte();
    expect(method == (name.length == 0 ? 0 : 2), "SOCKS method " + method);
    if (name.length > 0) {
      byte[] login = new byte[3 + 2 * name.length];
      login[0] = 1;
      login[1] = (byte) name.length;
      System.arraycopy(name, 0, login, 2, name.length);
      login[2 + name.length] = (byte) name.length;
      System.arraycopy(name, 0, login, 3 + name.length, name.length);
      out.write(login);
      expect(in.readUnsignedByte() == 1 && in.readUnsignedByte() == 0, "SOCKS login");
    }
    byte[] host = "127.0.0.1".getBytes(ISO_8859_1);
    byte[] request = new byte[7 + host.length];
    request[0] = 5;
    request[1] = 1;
    request[3] = 3;
    request[4] = (byte) host.length;
    System.arraycopy(host, 0, request, 5, host.length);
    request[5 + host.length] = (byte) (server.port() >> 8);
    request[6 + host.length] = (byte) server.port();
    out.write(request);
    expect(in.readUnsignedByte() == 5, "SOCKS version of the reply");
    int reply = in.readUnsignedByte();
    expect(reply == 0, "SOCKS reply " + reply);
    in.readUnsignedByte();
    int addressType = in.readUnsignedByte();
    int length = addressType == 1 ? 4 : addressType == 4 ? 16 : in.readUnsignedByte();
    in.skipNBytes(length + 2L);
  }

  private static void expect(boolean holds, String what) throws IOException {
    if (!holds) {
      throw new IOException("unexpected " + what);
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
