package org.tunic.router.stream.exit;

import java.net.InetSocketAddress;
import java.util.function.Predicate;
import org.tunic.crypto.identity.RelayIds;

/**
 * What an exit asks about relays of the network, from the latest view.
 *
 * <p>Threads: immutable.
 *
 * @param atAddress whether an address is a relay's OR port: no circuits through circuits. No to
 *     everything when the consensus allows re-entry
 * @param mayExit whether circuits that come from this relay may have exit streams here: not from
 *     unlisted ones, unless RefuseUnknownExits or the consensus says otherwise
 */
public record KnownRelays(Predicate<InetSocketAddress> atAddress, Predicate<RelayIds> mayExit) {
  /** No relays at all, and everybody is welcome. */
  public static final KnownRelays NONE = new KnownRelays(_ -> false, _ -> true);
}
