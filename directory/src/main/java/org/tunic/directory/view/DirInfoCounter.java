package org.tunic.directory.view;

import org.jspecify.annotations.Nullable;
import org.tunic.directory.doc.consensus.RelayFlag;
import org.tunic.directory.doc.consensus.RouterStatus;
import org.tunic.directory.doc.microdescriptor.Microdescriptor;
import org.tunic.directory.view.BandwidthWeights.Position;

/**
 * Adds up, relay by relay, which part of the bandwidth of each position we know the relays of.
 *
 * <p>The rule is C tor's: fractions of weighted bandwidth for guards, middles and exits; where all
 * weights are zero, fractions of relays. An exit whose microdescriptor we hold and which rejects
 * every port is no exit.
 *
 * <p>Spec: path-spec/when-we-build. Threads: one caller.
 */
final class DirInfoCounter {
  private final BandwidthWeights weights;
  private final Share guards = new Share();
  private final Share middles = new Share();
  private final Share exits = new Share();

  DirInfoCounter(BandwidthWeights weights) {
    this.weights = weights;
  }

  /** Counts a relay of the consensus and whether we hold its microdescriptor. */
  void count(RouterStatus status, @Nullable Microdescriptor micro) {
    boolean known = micro != null;
    middles.add(weight(Position.MIDDLE, status), known);
    if (status.has(RelayFlag.GUARD)) {
      guards.add(weight(Position.GUARD, status), known);
    }
    boolean rejectsAll =
        micro != null && micro.policy().isRejectAll() && micro.policy6().isRejectAll();
    if (status.has(RelayFlag.EXIT) && !rejectsAll) {
      exits.add(weight(Position.EXIT, status), known);
    }
  }

  private double weight(Position position, RouterStatus status) {
    boolean exit = status.has(RelayFlag.EXIT) && !status.has(RelayFlag.BAD_EXIT);
    double factor =
        weights.factor(position, status.has(RelayFlag.GUARD), exit, status.has(RelayFlag.V2DIR));
    long bandwidth =
        status.bandwidth() == RouterStatus.NO_BANDWIDTH
            ? Relay.ASSUMED_BANDWIDTH
            : status.bandwidth();
    return factor * bandwidth;
  }

  DirInfo result(double needed) {
    boolean hasExits = exits.known > 0;
    double end = exits.fraction();
    // A network without exits still has paths to onion services; one whose exits we lack must wait.
    if (!hasExits && end <= 0) {
      end = middles.fraction();
    }
    return new DirInfo(
        middles.known, middles.all, guards.fraction(), middles.fraction(), end, needed, hasExits);
  }

  /** One position. */
  private static final class Share {
    private int known;
    private int all;
    private double knownWeight;
    private double allWeight;

    void add(double weight, boolean isKnown) {
      all++;
      allWeight += weight;
      if (isKnown) {
        known++;
        knownWeight += weight;
      }
    }

    double fraction() {
      if (all == 0) {
        return 0;
      }
      return allWeight > 0 ? knownWeight / allWeight : (double) known / all;
    }
  }
}
