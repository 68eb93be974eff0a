package org.tunic.router.path;

import org.jspecify.annotations.Nullable;
import org.tunic.crypto.identity.RsaIdentity;

/**
 * The parts of path selection that a configuration decides.
 *
 * <p>Threads: immutable.
 *
 * @param distinctSubnets {@code EnforceDistinctSubnets}: no two relays of one IPv4 /16 or IPv6 /32
 *     in a path. Off in testing networks, where all relays share an address.
 * @param self our own relay, which never stands in our paths; null if we are none
 * @param nodes which relays are wanted
 */
public record PathRules(boolean distinctSubnets, @Nullable RsaIdentity self, NodeChoices nodes) {
  /** Rules that want no relays in particular. */
  public PathRules(boolean distinctSubnets, @Nullable RsaIdentity self) {
    this(distinctSubnets, self, NodeChoices.ANY);
  }
}
