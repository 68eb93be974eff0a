package org.tunic.router.cell;

import java.util.random.RandomGenerator;
import org.tunic.crypto.bytes.ByteReader;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;

/**
 * RENDEZVOUS1: a service meets its client at the last hop. {@code cookie:20 handshakeInfo}
 *
 * <p>Spec: rend-spec/rendezvous-protocol#JOIN_REND
 *
 * <p>Threads: immutable.
 *
 * @param cookie the client's
 * @param handshakeInfo what the rendezvous point passes on: Y | AUTH, 64 bytes, and padding
 */
public record Rendezvous1(RendezvousCookie cookie, Bytes handshakeInfo) implements RelayMessage {
  /** Bytes of a body that version 2 had and all others are padded to. */
  public static final int PADDED_LENGTH = 168;

  /**
   * The message of a service, padded as in C tor.
   *
   * @param answer Y | AUTH, 64 bytes
   * @param padding need not be secret
   */
  public static Rendezvous1 padded(RendezvousCookie cookie, Bytes answer, RandomGenerator padding) {
    byte[] noise = new byte[PADDED_LENGTH - RendezvousCookie.LENGTH - answer.length()];
    padding.nextBytes(noise);
    return new Rendezvous1(cookie, Bytes.concat(answer, Bytes.copyOf(noise)));
  }

  /** Reads a body. */
  public static Rendezvous1 decode(ByteReader in) throws MalformedException {
    RendezvousCookie cookie = new RendezvousCookie(in.bytes(RendezvousCookie.LENGTH));
    return new Rendezvous1(cookie, in.bytes(in.remaining()));
  }

  @Override
  public int command() {
    return RelayCommand.RENDEZVOUS1;
  }

  @Override
  public void encode(ByteWriter out) {
    out.bytes(cookie.bytes()).bytes(handshakeInfo);
  }
}
