package org.tunic.daemon.house.control.directory;

import java.io.IOException;
import java.net.Socket;
import java.net.URL;
import java.nio.channels.SocketChannel;

/** Goes online by itself, in three ways. */
final class OpensJdkSocket {
  Socket socket() {
    return new Socket();
  }

  SocketChannel channel() throws IOException {
    return SocketChannel.open();
  }

  Object content(URL url) throws IOException {
    return url.openConnection();
  }
}
