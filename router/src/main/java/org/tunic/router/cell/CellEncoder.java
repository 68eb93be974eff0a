package org.tunic.router.cell;

import org.tunic.crypto.bytes.ByteWriter;

/**
 * Whole control cells in wire form.
 *
 * <pre>
 * fixed:    circuit id (4) | command (1) | body (509, filled with zeros)
 * variable: circuit id (4) | command (1) | length (2) | body
 * VERSIONS: the variable form with a circuit id of 2
 * </pre>
 *
 * <p>Spec: tor-spec/cell-packet-format
 *
 * <p>Threads: any, because it has no state.
 */
public final class CellEncoder {
  private CellEncoder() {}

  /** Bytes of the circuit id of VERSIONS, before a link protocol is agreed. */
  private static final int NARROW = 2;

  private static final int WIDE = 4;

  /** The cell that carries {@code message}; {@code circuitId} is 0 for cells of the channel. */
  public static byte[] encode(int circuitId, ChannelMessage message) {
    CellCommand command = message.command();
    int idLength = command == CellCommand.VERSIONS ? NARROW : WIDE;
    int header = idLength + 1;
    ByteWriter out = new ByteWriter(header + CellCommand.CELL_BODY_LEN);
    if (idLength == NARROW) {
      out.u16(circuitId);
    } else {
      out.u32(Integer.toUnsignedLong(circuitId));
    }
    out.u8(command.code());
    if (command.variableLength()) {
      int lengthAt = out.length();
      out.u16(0);
      message.encode(out);
      return out.setU16(lengthAt, out.length() - lengthAt - 2).toArray();
    }
    message.encode(out);
    return out.zeros(header + CellCommand.CELL_BODY_LEN - out.length()).toArray();
  }
}
