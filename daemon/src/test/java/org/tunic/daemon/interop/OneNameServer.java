package org.tunic.daemon.interop;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * A name server on UDP port 53 of an address of the test, which knows the address of one name. Any
 * other name does not exist, for it; of its own it knows nothing but the address.
 *
 * <p>Needs root. Threads: one virtual thread.
 */
final class OneNameServer implements AutoCloseable {
  private static final int PORT = 53;
  private static final int HEADER_BYTES = 12;
  private static final int TYPE_A = 1;
  private static final int ANSWER = 0x8580; // response, authoritative, recursion asked and given
  private static final int NO_SUCH_NAME = 3;

  private final String name;
  private final byte[] address;
  private final DatagramSocket socket;

  OneNameServer(InetAddress listen, String name, InetAddress address) throws IOException {
    this.name = name;
    this.address = address.getAddress();
    this.socket = new DatagramSocket(new InetSocketAddress(listen, PORT));
    Thread.ofVirtual().name("one name server").start(this::serve);
  }

  private void serve() {
    byte[] in = new byte[512];
    while (!socket.isClosed()) {
      try {
        DatagramPacket query = new DatagramPacket(in, in.length);
        socket.receive(query);
        byte[] answer = answer(ByteBuffer.wrap(in, 0, query.getLength()));
        socket.send(new DatagramPacket(answer, answer.length, query.getSocketAddress()));
      } catch (IOException | RuntimeException e) {
        // closed, or a query that is none
      }
    }
  }

  private byte[] answer(ByteBuffer query) {
    short id = query.getShort(0);
    query.position(HEADER_BYTES);
    StringBuilder asked = new StringBuilder();
    for (int length = query.get(); length > 0; length = query.get()) {
      byte[] label = new byte[length];
      query.get(label);
      asked.append(asked.isEmpty() ? "" : ".").append(new String(label, StandardCharsets.US_ASCII));
    }
    int type = query.getShort();
    query.getShort(); // class
    byte[] question = new byte[query.position() - HEADER_BYTES];
    query.get(HEADER_BYTES, question);
    boolean known = asked.toString().toLowerCase(Locale.ROOT).equals(name);
    boolean answers = known && type == TYPE_A;
    ByteBuffer out = ByteBuffer.allocate(HEADER_BYTES + question.length + 16);
    out.putShort(id).putShort((short) (ANSWER | (known ? 0 : NO_SUCH_NAME)));
    out.putShort((short) 1).putShort((short) (answers ? 1 : 0)).putInt(0).put(question);
    if (answers) {
      out.putShort((short) (0xc000 | HEADER_BYTES)).putShort((short) TYPE_A).putShort((short) 1);
      out.putInt(60).putShort((short) address.length).put(address);
    }
    byte[] bytes = new byte[out.position()];
    out.get(0, bytes);
    return bytes;
  }

  @Override
  public void close() {
    socket.close();
  }
}
