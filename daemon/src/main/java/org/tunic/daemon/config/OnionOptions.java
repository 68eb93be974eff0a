package org.tunic.daemon.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Onion services that we host, and what we need to visit those of others.
 *
 * <p>Threads: immutable.
 *
 * @param services those to host, each in a directory of its own
 * @param singleHop whether they are reached by circuits of one hop, without anonymity of their own
 *     (HiddenServiceSingleHopMode and HiddenServiceNonAnonymousMode)
 * @param clientKeys ClientOnionAuthDir
 * @param vanguardsLite VanguardsLiteEnabled; AUTO: as the consensus says
 * @param fullVanguards FullVanguards
 * @param privatePoints ExtendAllowPrivateAddresses: whether introduction and rendezvous points may
 *     have private addresses
 */
public record OnionOptions(
    List<OnionServiceOptions> services,
    boolean singleHop,
    Optional<Path> clientKeys,
    AutoBool vanguardsLite,
    boolean fullVanguards,
    boolean privatePoints) {
  /** Copies the list. */
  public OnionOptions {
    services = List.copyOf(services);
  }
}
