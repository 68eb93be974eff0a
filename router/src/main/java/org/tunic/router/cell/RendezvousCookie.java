package org.tunic.router.cell;

import java.security.SecureRandom;
import org.tunic.crypto.bytes.Bytes;

/**
 * What joins a client's and a service's circuits at a rendezvous point: 20 random bytes of the
 * client's choice, used once.
 *
 * <p>Whoever has it before the service could take the service's place in the meeting (not in the
 * handshake), so it is not printed.
 *
 * <p>Spec: rend-spec/rendezvous-protocol#EST_REND_POINT
 *
 * <p>Threads: immutable.
 *
 * @param bytes 20 bytes
 */
public record RendezvousCookie(Bytes bytes) {
  /** Length in bytes. */
  public static final int LENGTH = 20;

  /** Checks the length. */
  public RendezvousCookie {
    if (bytes.length() != LENGTH) {
      throw new IllegalArgumentException("a rendezvous cookie has 20 bytes");
    }
  }

  /** A new cookie. */
  public static RendezvousCookie generate(SecureRandom random) {
    byte[] cookie = new byte[LENGTH];
    random.nextBytes(cookie);
    return new RendezvousCookie(Bytes.copyOf(cookie));
  }

  @Override
  public String toString() {
    return "[cookie]";
  }
}
