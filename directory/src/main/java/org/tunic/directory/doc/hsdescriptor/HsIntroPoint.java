package org.tunic.directory.doc.hsdescriptor;

import java.util.List;
import org.tunic.crypto.handshake.hsntor.IntroPointKeys;
import org.tunic.crypto.key.NtorPublicKey;
import org.tunic.directory.linkspec.LinkSpecifier;

/**
 * An introduction point of a service, as the inner layer tells it.
 *
 * <p>What the specifiers must hold, who extends to it judges. A legacy key, for relays before Tor
 * 0.3, is checked for its form and left out.
 *
 * <p>Spec: rend-spec/hsdesc-encrypt
 *
 * <p>Threads: immutable.
 *
 * @param specifiers how to extend to the relay, in the service's order
 * @param onionKey the relay's ntor onion key
 * @param keys the service's keys at this introduction point
 */
public record HsIntroPoint(
    List<LinkSpecifier> specifiers, NtorPublicKey onionKey, IntroPointKeys keys) {
  /** Copies the list. */
  public HsIntroPoint {
    specifiers = List.copyOf(specifiers);
  }

  /** Nothing of the relay or the keys. */
  @Override
  public String toString() {
    return "[introduction point]";
  }
}
