package org.tunic.router.cell;

import org.tunic.crypto.bytes.ByteReader;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.bytes.MalformedException;

/**
 * ESTABLISH_RENDEZVOUS: a client asks the last hop to be its rendezvous point. {@code cookie:20}
 *
 * <p>Spec: rend-spec/rendezvous-protocol#EST_REND_POINT
 *
 * <p>Threads: immutable.
 *
 * @param cookie by which the service will name this circuit
 */
public record EstablishRendezvous(RendezvousCookie cookie) implements RelayMessage {
  /** Reads a body, which is the cookie and nothing else, as C tor asks. */
  public static EstablishRendezvous decode(ByteReader in) throws MalformedException {
    RendezvousCookie cookie = new RendezvousCookie(in.bytes(RendezvousCookie.LENGTH));
    in.expectEnd();
    return new EstablishRendezvous(cookie);
  }

  @Override
  public int command() {
    return RelayCommand.ESTABLISH_RENDEZVOUS;
  }

  @Override
  public void encode(ByteWriter out) {
    out.bytes(cookie.bytes());
  }
}
