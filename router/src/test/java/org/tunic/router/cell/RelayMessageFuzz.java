package org.tunic.router.cell;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.jspecify.annotations.Nullable;
import org.tunic.crypto.bytes.ByteReader;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.testing.ParserFuzz;

/**
 * Relay messages: the first byte is the command, the rest the body. What is read is written so that
 * it reads the same.
 */
class RelayMessageFuzz extends ParserFuzz {
  RelayMessageFuzz() {
    super(MalformedException.class);
  }

  @Override
  protected void parse(byte[] input) throws Exception {
    if (input.length == 0 || input.length > 1 + RelayHeader.MAX_DATA) {
      return;
    }
    RelayMessage read = decode(input[0], new ByteReader(input, 1, input.length - 1));
    if (read != null) {
      ByteWriter out = new ByteWriter();
      read.encode(out);
      assertEquals(read, decode(input[0], new ByteReader(out.toArray())));
    }
  }

  private static @Nullable RelayMessage decode(int command, ByteReader body)
      throws MalformedException {
    return switch (command) {
      case RelayCommand.BEGIN -> Begin.decode(body);
      case RelayCommand.END -> End.decode(body);
      case RelayCommand.CONNECTED -> Connected.decode(body);
      case RelayCommand.SENDME -> Sendme.decode(body);
      case RelayCommand.TRUNCATE -> Truncate.decode(body);
      case RelayCommand.TRUNCATED -> Truncated.decode(body);
      case RelayCommand.RESOLVE -> Resolve.decode(body);
      case RelayCommand.RESOLVED -> Resolved.decode(body);
      case RelayCommand.EXTEND2 -> Extend2.decode(body);
      case RelayCommand.EXTENDED2 -> Extended2.decode(body);
      case RelayCommand.XOFF -> Xoff.decode(body);
      case RelayCommand.XON -> Xon.decode(body);
      case RelayCommand.ESTABLISH_INTRO -> EstablishIntro.decode(body);
      case RelayCommand.INTRO_ESTABLISHED -> IntroEstablished.decode(body);
      case RelayCommand.INTRODUCE1 -> Introduce1.decode(body);
      case RelayCommand.INTRODUCE2 -> Introduce2.decode(body);
      case RelayCommand.INTRODUCE_ACK -> IntroduceAck.decode(body);
      case RelayCommand.ESTABLISH_RENDEZVOUS -> EstablishRendezvous.decode(body);
      case RelayCommand.RENDEZVOUS_ESTABLISHED -> RendezvousEstablished.decode(body);
      case RelayCommand.RENDEZVOUS1 -> Rendezvous1.decode(body);
      case RelayCommand.RENDEZVOUS2 -> Rendezvous2.decode(body);
      case RelayCommand.PADDING_NEGOTIATE -> CircuitPaddingNegotiate.decode(body);
      case RelayCommand.PADDING_NEGOTIATED -> CircuitPaddingNegotiated.decode(body);
      default -> null;
    };
  }
}
