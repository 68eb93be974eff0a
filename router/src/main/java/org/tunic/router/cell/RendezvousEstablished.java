package org.tunic.router.cell;

import org.tunic.crypto.bytes.ByteReader;
import org.tunic.crypto.bytes.ByteWriter;

/**
 * RENDEZVOUS_ESTABLISHED: the last hop is a rendezvous point now. No body.
 *
 * <p>Spec: rend-spec/rendezvous-protocol#EST_REND_POINT
 *
 * <p>Threads: immutable.
 */
public record RendezvousEstablished() implements RelayMessage {
  /** Takes any body. */
  public static RendezvousEstablished decode(ByteReader in) {
    return new RendezvousEstablished();
  }

  @Override
  public int command() {
    return RelayCommand.RENDEZVOUS_ESTABLISHED;
  }

  @Override
  public void encode(ByteWriter out) {
    // Nothing to say.
  }
}
