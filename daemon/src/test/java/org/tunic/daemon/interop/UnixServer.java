package org.tunic.daemon.interop;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A web server at a socket of the file system that answers everything with the same few bytes and
 * keeps the first line of each connection.
 *
 * <p>Threads: a virtual thread for each connection; the rest any.
 */
final class UnixServer implements AutoCloseable {
  /** What it serves. */
  static final String PAGE = "from a socket of the file system";

  private final ServerSocketChannel server;
  private final List<String> firstLines = new CopyOnWriteArrayList<>();

  UnixServer(Path path) throws IOException {
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(path));
    Thread.ofVirtual().name("unix server").start(this::run);
  }

  private void run() {
    try {
      while (true) {
        SocketChannel socket = server.accept();
        Thread.ofVirtual().start(() -> serve(socket));
      }
    } catch (IOException closed) {
      // the end
    }
  }

  private void serve(SocketChannel socket) {
    try (socket;
        OutputStream out = Channels.newOutputStream(socket)) {
      BufferedReader in =
          new BufferedReader(new InputStreamReader(Channels.newInputStream(socket), ISO_8859_1));
      String line = in.readLine();
      if (line == null) {
        return;
      }
      firstLines.add(line);
      while (line != null && !line.isEmpty()) {
        line = in.readLine();
      }
      out.write(
          ("HTTP/1.0 200 OK\r\nContent-Length: " + PAGE.length() + "\r\n\r\n" + PAGE)
              .getBytes(ISO_8859_1));
    } catch (IOException e) {
      // the client sees it
    }
  }

  /** The first line of each connection so far. */
  List<String> firstLines() {
    return List.copyOf(firstLines);
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
