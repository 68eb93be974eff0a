package org.tunic.router.channel;

import org.jspecify.annotations.Nullable;
import org.tunic.crypto.identity.RelayIds;

/**
 * The outcome of a negotiation.
 *
 * <p>Threads: immutable.
 *
 * @param linkProtocol 4 or 5
 * @param peer what the peer proved to be, or null for a client
 * @param canonical whether the peer calls the address that we see its own
 * @param clockSkewSeconds how far the peer's clock is ahead; 0 when it does not say
 */
record Negotiated(
    int linkProtocol, @Nullable RelayIds peer, boolean canonical, long clockSkewSeconds) {}
