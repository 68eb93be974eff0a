package org.tunic.router.cell;

import org.tunic.crypto.bytes.ByteReader;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;

/**
 * RENDEZVOUS2: the service has come; from now on the circuit goes through to it. {@code
 * handshakeInfo}
 *
 * <p>Spec: rend-spec/rendezvous-protocol#JOIN_REND
 *
 * <p>Threads: immutable.
 *
 * @param handshakeInfo all that the service sent behind the cookie
 */
public record Rendezvous2(Bytes handshakeInfo) implements RelayMessage {
  /** Bytes of the service's answer, Y | AUTH. */
  public static final int ANSWER_LENGTH = 64;

  /** Reads a body. */
  public static Rendezvous2 decode(ByteReader in) throws MalformedException {
    if (in.remaining() < ANSWER_LENGTH) {
      throw new MalformedException("RENDEZVOUS2 without an answer");
    }
    return new Rendezvous2(in.bytes(in.remaining()));
  }

  /** Y | AUTH, without padding, for {@code HsNtorClient.finish}. */
  public Bytes answer() {
    return handshakeInfo.slice(0, ANSWER_LENGTH);
  }

  @Override
  public int command() {
    return RelayCommand.RENDEZVOUS2;
  }

  @Override
  public void encode(ByteWriter out) {
    out.bytes(handshakeInfo);
  }
}
