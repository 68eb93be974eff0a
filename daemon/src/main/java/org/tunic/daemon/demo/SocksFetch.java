package org.tunic.daemon.demo;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * Fetches a page through a SOCKS5 port by plain HTTP, as {@code curl --socks5-hostname} would.
 *
 * <p>Threads: the calling thread, which it blocks.
 */
final class SocksFetch {
  private static final int TIMEOUT_MILLIS = 60_000;

  private final int socksPort;

  SocksFetch(int socksPort) {
    this.socksPort = socksPort;
  }

  /**
   * Adds the body of the answer to a digest.
   *
   * @param isolation SOCKS user name: fetches with different ones use different circuits
   * @param host as it is given to the proxy
   * @return the number of body bytes
   * @throws IOException with what went wrong, for the user
   */
  long get(String isolation, String host, int port, String path, MessageDigest digest)
      throws IOException {
    return get(isolation, host, port, path, digest, () -> {});
  }

  /** As the other, for a short text. */
  String text(String isolation, String host, int port, String path) throws IOException {
    StringBuilder text = new StringBuilder();
    get(
        isolation,
        host,
        port,
        path,
        (bytes, length) -> text.append(new String(bytes, 0, length, StandardCharsets.ISO_8859_1)),
        () -> {});
    return text.toString();
  }

  /** What takes the body of an answer. */
  private interface Sink {
    void take(byte[] bytes, int length);
  }

  /**
   * As the other.
   *
   * @param firstByte told when the answer begins
   */
  long get(
      String isolation,
      String host,
      int port,
      String path,
      MessageDigest digest,
      Runnable firstByte)
      throws IOException {
    return get(
        isolation, host, port, path, (bytes, length) -> digest.update(bytes, 0, length), firstByte);
  }

  private long get(
      String isolation, String host, int port, String path, Sink sink, Runnable firstByte)
      throws IOException {
    try (Socket socket = new Socket()) {
      socket.setSoTimeout(TIMEOUT_MILLIS);
      socket.connect(
          new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), socksPort),
          TIMEOUT_MILLIS);
      DataInputStream in = new DataInputStream(socket.getInputStream());
      OutputStream out = socket.getOutputStream();
      shakeHands(in, out, isolation);
      connect(in, out, host, port);
      out.write(
          ("GET " + path + " HTTP/1.0\r\nHost: " + host + "\r\n\r\n")
              .getBytes(StandardCharsets.US_ASCII));
      out.flush();
      String status = line(in);
      firstByte.run();
      return readBody(status, in, sink);
    }
  }

  private static void shakeHands(DataInputStream in, OutputStream out, String user)
      throws IOException {
    out.write(new byte[] {5, 1, 2});
    out.flush();
    if (in.readUnsignedByte() != 5 || in.readUnsignedByte() != 2) {
      throw new IOException("the SOCKS port refused user name and password");
    }
    byte[] name = user.getBytes(StandardCharsets.US_ASCII);
    byte[] message = new byte[3 + name.length + 1];
    message[0] = 1;
    message[1] = (byte) name.length;
    System.arraycopy(name, 0, message, 2, name.length);
    message[2 + name.length] = 1;
    message[3 + name.length] = 'x';
    out.write(message);
    out.flush();
    if (in.readUnsignedByte() != 1 || in.readUnsignedByte() != 0) {
      throw new IOException("the SOCKS port refused the user name");
    }
  }

  private static void connect(DataInputStream in, OutputStream out, String host, int port)
      throws IOException {
    byte[] name = host.getBytes(StandardCharsets.US_ASCII);
    byte[] request = new byte[7 + name.length];
    request[0] = 5;
    request[1] = 1;
    request[3] = 3;
    request[4] = (byte) name.length;
    System.arraycopy(name, 0, request, 5, name.length);
    request[5 + name.length] = (byte) (port >> 8);
    request[6 + name.length] = (byte) port;
    out.write(request);
    out.flush();
    in.readUnsignedByte();
    int reply = in.readUnsignedByte();
    if (reply != 0) {
      throw new IOException("SOCKS reply " + reply);
    }
    in.readUnsignedByte();
    int rest =
        switch (in.readUnsignedByte()) {
          case 1 -> 4;
          case 3 -> in.readUnsignedByte();
          default -> 16;
        };
    in.skipNBytes(rest + 2);
  }

  private static long readBody(String status, InputStream in, Sink sink) throws IOException {
    if (!status.matches("HTTP/1\\.[01] 200 .*")) {
      throw new IOException("HTTP answer: " + status);
    }
    for (String header = line(in); !header.isEmpty(); ) {
      header = line(in);
    }
    byte[] buffer = new byte[64 * 1024];
    long length = 0;
    for (int n; (n = in.read(buffer)) >= 0; length += n) {
      sink.take(buffer, n);
    }
    return length;
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c; (c = in.read()) != '\n'; ) {
      if (c < 0 || line.length() > 8192) {
        throw new IOException("the connection ended in the middle of the answer");
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }
}
