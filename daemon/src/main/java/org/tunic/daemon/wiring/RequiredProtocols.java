package org.tunic.daemon.wiring;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.tunic.directory.doc.consensus.ConsensusPreamble;
import org.tunic.directory.protover.ProtocolVersions;

/**
 * Tells the operator when the network requires subprotocols that this program lacks. C tor exits
 * then; Tunic says so and goes on, because it advertises what it lacks as lacking.
 *
 * <p>Spec: tor-spec/subprotocol-versioning. Threads: the directory fetcher's.
 */
final class RequiredProtocols {
  private static final Logger LOG = LoggerFactory.getLogger(RequiredProtocols.class);

  private final boolean relay;
  private final boolean testing;
  private final ProtocolVersions ours = ProtocolVersions.of(OwnDescriptor.PROTOCOLS);
  private ProtocolVersions told = ProtocolVersions.EMPTY;

  RequiredProtocols(boolean relay, boolean testing) {
    this.relay = relay;
    this.testing = testing;
  }

  /** Compares a consensus' list with ours; the same answer is said once. */
  void check(ConsensusPreamble consensus) {
    ConsensusPreamble.Protocols lists = consensus.protocols();
    ProtocolVersions required = relay ? lists.requiredRelay() : lists.requiredClient();
    ProtocolVersions missing = missing(required);
    if (!missing.isEmpty() && !missing.equals(told)) {
      // In a network of one's own the operator chose it so: a notice will do.
      LOG.atLevel(testing ? Level.INFO : Level.WARN)
          .log(
              "The network requires {} of {}, which this version lacks: it goes on, but others may not"
                  + " use it",
              missing,
              relay ? "relays" : "clients");
    }
    told = missing;
  }

  /** What of these we lack. */
  ProtocolVersions missing(ProtocolVersions required) {
    return required.missingFrom(ours);
  }
}
