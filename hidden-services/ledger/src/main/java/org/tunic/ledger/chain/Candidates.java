package org.tunic.ledger.chain;

import java.math.BigInteger;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.tunic.ledger.header.HeaderEntry;

/**
 * Ends of chains that could be the tip: all their blocks are stored and none is known to be bad.
 *
 * <p>The best has most work; of equal ones, that which was whole first.
 *
 * <p>Threads: the thread of the chain.
 */
final class Candidates {
  private record Candidate(HeaderEntry entry, long sequence) {}

  private final TreeSet<Candidate> ordered =
      new TreeSet<>(
          Comparator.<Candidate, BigInteger>comparing(c -> c.entry().chainWork())
              .reversed()
              .thenComparingLong(Candidate::sequence));
  private final Set<HeaderEntry> whole = new HashSet<>();
  private final Map<HeaderEntry, List<HeaderEntry>> waiting = new HashMap<>();
  private long sequence;

  Candidates(HeaderEntry genesis) {
    whole.add(genesis);
    ordered.add(new Candidate(genesis, sequence++));
  }

  /** {@code entry} is stored; with all blocks before it, it and those waiting are candidates. */
  void stored(HeaderEntry entry) {
    HeaderEntry parent = entry.parent().orElseThrow();
    if (!whole.contains(parent)) {
      waiting.computeIfAbsent(parent, p -> new ArrayList<>()).add(entry);
      return;
    }
    Deque<HeaderEntry> found = new ArrayDeque<>(List.of(entry));
    while (!found.isEmpty()) {
      HeaderEntry at = found.removeFirst();
      if (whole.add(at)) {
        ordered.add(new Candidate(at, sequence++));
      }
      List<HeaderEntry> children = waiting.remove(at);
      if (children != null) {
        found.addAll(children);
      }
    }
  }

  /** The best; genesis at least. */
  HeaderEntry best() {
    return ordered.getFirst().entry();
  }

  /** Forgets what became invalid. */
  void removeInvalid() {
    ordered.removeIf(candidate -> candidate.entry().state() == HeaderEntry.State.INVALID);
  }

  /** Forgets what has less work than {@code tip}: it can win only by a later block. */
  void removeWorseThan(HeaderEntry tip) {
    while (ordered.size() > 1) {
      Candidate last = ordered.getLast();
      if (last.entry().chainWork().compareTo(tip.chainWork()) >= 0) {
        return;
      }
      ordered.removeLast();
    }
  }

  /** Puts back what was forgotten as worse, after the tip fell. */
  void restore() {
    Set<HeaderEntry> present = new HashSet<>();
    ordered.forEach(candidate -> present.add(candidate.entry()));
    whole.stream()
        .filter(e -> e.state() != HeaderEntry.State.INVALID && !present.contains(e))
        .sorted(Comparator.comparingInt(HeaderEntry::height))
        .forEach(entry -> ordered.add(new Candidate(entry, sequence++)));
  }
}
