package org.tunic.router.channel;

import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.router.cell.CellEncoder;
import org.tunic.router.cell.ChannelMessage;

/**
 * Encodes what a side sends during its negotiation, and logs it.
 *
 * <p>Threads: event loop of the socket.
 */
final class HandshakeOutput {
  private final Transcript transcript;
  private ByteWriter pending = new ByteWriter();

  HandshakeOutput(Transcript transcript) {
    this.transcript = transcript;
  }

  void send(ChannelMessage message) {
    byte[] cell = CellEncoder.encode(0, message);
    transcript.addSent(cell);
    pending.bytes(cell);
  }

  byte[] take() {
    byte[] cells = pending.toArray();
    pending = new ByteWriter();
    return cells;
  }
}
