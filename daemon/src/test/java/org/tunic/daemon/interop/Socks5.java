package org.tunic.daemon.interop;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

/**
 * The client's side of SOCKS 5: a stream to a name, as an application opens it that holds on to it.
 *
 * <p>Spec: RFC 1928, RFC 1929. Threads: any, because it has no state.
 */
final class Socks5 {
  /** The reply that says that the stream is there. */
  static final int SUCCEEDED = 0;

  private Socks5() {}

  /**
   * A connection to a SOCKS port that was answered.
   *
   * @param socket the stream if {@code reply} is {@link #SUCCEEDED}
   * @param reply the REP field
   */
  record Stream(Socket socket, int reply) {}

  /**
   * Asks for a stream.
   *
   * @param user SOCKS user name and password for isolation; empty for no authentication
   * @param limitMillis how long the answer may take, and each later read
   */
  static Stream open(TorNode client, String user, String host, int port, int limitMillis)
      throws IOException {
    Socket socket = new Socket();
    try {
      socket.setSoTimeout(limitMillis);
      socket.connect(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), client.ports().socks()));
      return new Stream(socket, ask(socket, user, host, port));
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** Asks for a stream on a connection that is there; returns the REP field. */
  static int ask(Socket socket, String user, String host, int port) throws IOException {
    DataInputStream in = new DataInputStream(socket.getInputStream());
    OutputStream out = socket.getOutputStream();
    logIn(user, in, out);
    byte[] name = host.getBytes(ISO_8859_1);
    byte[] request = new byte[7 + name.length];
    request[0] = 5;
    request[1] = 1;
    request[3] = 3;
    request[4] = (byte) name.length;
    System.arraycopy(name, 0, request, 5, name.length);
    request[5 + name.length] = (byte) (port >> 8);
    request[6 + name.length] = (byte) port;
    out.write(request);
    expect(in.readUnsignedByte() == 5, "SOCKS version of the reply");
    int reply = in.readUnsignedByte();
    in.readUnsignedByte();
    int addressType = in.readUnsignedByte();
    int length = addressType == 1 ? 4 : addressType == 4 ? 16 : in.readUnsignedByte();
    in.skipNBytes(length + 2L);
    return reply;
  }

  private static void logIn(String user, DataInputStream in, OutputStream out) throws IOException {
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
  }

  private static void expect(boolean holds, String what) throws IOException {
    if (!holds) {
      throw new IOException("unexpected " + what);
    }
  }
}
