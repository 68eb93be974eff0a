package org.tunic.router.cell;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import org.tunic.crypto.bytes.ByteReader;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.testing.ParserFuzz;

/** Cells that are not relay cells: the first byte is the command, the rest the body. */
class ChannelMessageFuzz extends ParserFuzz {
  private static final int CELL_BODY = 509;

  ChannelMessageFuzz() {
    super(ProtocolViolation.class);
  }

  @Override
  protected void parse(byte[] input) throws Exception {
    CellCommand command = input.length == 0 ? null : CellCommand.of(input[0] & 0xff);
    if (command == null || command == CellCommand.RELAY || command == CellCommand.RELAY_EARLY) {
      return;
    }
    ChannelMessage read = ChannelMessage.decode(command, body(input));
    ByteWriter out = new ByteWriter();
    read.encode(out);
    // Lengths that a message counts on must survive: the zeros that fill a cell are taken off.
    byte[] cell =
        command.variableLength() ? out.toArray() : Arrays.copyOf(out.toArray(), CELL_BODY);
    assertEquals(read, ChannelMessage.decode(command, new ByteReader(cell)));
  }

  private static ByteReader body(byte[] input) {
    return new ByteReader(input, 1, input.length - 1);
  }
}
