package org.tunic.daemon.wiring;

import java.net.InetAddress;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.tunic.directory.policy.IpLiteral;
import org.tunic.router.limits.BandwidthLimits;
import org.tunic.router.stream.begindir.DirectoryServer;

/**
 * Who gets an answer on the directory port when the node's bandwidth is used up: at a cache nobody,
 * at an authority relays and other authorities, and everybody unless AuthDirRejectRequestsUnderLoad
 * is set, as it is by default.
 *
 * <p>Threads: any, because what it asks may be.
 *
 * @param limits the node's bandwidth
 * @param authority whether the node is a directory authority
 * @param authorityRefuses whether AuthDirRejectRequestsUnderLoad is set
 * @param ofNetwork whether an address is that of a relay or an authority
 */
record DirPortBandwidth(
    BandwidthLimits limits,
    boolean authority,
    BooleanSupplier authorityRefuses,
    Predicate<InetAddress> ofNetwork)
    implements DirectoryServer.Bandwidth {
  @Override
  public boolean take(InetAddress client, long bytes) {
    return limits.takeToWrite(IpLiteral.isInternal(client), bytes)
        || (authority && (!authorityRefuses.getAsBoolean() || ofNetwork.test(client)));
  }
}
