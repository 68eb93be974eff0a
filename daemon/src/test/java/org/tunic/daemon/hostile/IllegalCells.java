package org.tunic.daemon.hostile;

import java.util.List;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.bytes.Bytes;

/** Cells that an open channel must not carry, or that make no sense there. Threads: immutable. */
public final class IllegalCells {
  private static final int BODY = 509;
  private static final int CIRCUIT = 0x80000001;
  private static final int TIMES = 1000;

  private static final List<Bytes> ALL =
      List.of(
          fixed(0, 77), // unknown
          variable(200, 300), // unknown
          variable(7, 4), // VERSIONS again
          variable(129, 200), // CERTS again
          variable(131, 360), // AUTHENTICATE when all is said
          fixed(CIRCUIT, 11), // CREATED2 that nobody asked for
          fixed(CIRCUIT, 3), // RELAY on no circuit
          fixed(CIRCUIT, 9), // RELAY_EARLY on no circuit
          fixed(0, 10), // CREATE2 on no circuit
          fixed(1, 10), // CREATE2 with an id that is the other side's to choose
          fixed(CIRCUIT, 1), // CREATE, of a handshake that is gone
          fixed(CIRCUIT, 4)); // DESTROY of no circuit

  /** Their number: an attack with as many connections sends each of them. */
  public static final int COUNT = 12;

  private IllegalCells() {}

  private static Bytes fixed(int circuit, int command) {
    return new ByteWriter().u32(Integer.toUnsignedLong(circuit)).u8(command).zeros(BODY).toBytes();
  }

  private static Bytes variable(int command, int length) {
    return new ByteWriter().u32(0).u8(command).u16(length).zeros(length).toBytes();
  }

  /** Sends one of them, a thousand times. */
  static void send(HostileLink link, int which) {
    for (int i = 0; i < TIMES; i++) {
      link.send(ALL.get(which % ALL.size()).toArray());
    }
    link.flush();
  }
}
