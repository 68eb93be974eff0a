package org.tunic.directory.fetch;

import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.directory.doc.consensus.Consensus;

/**
 * Descriptors of one kind, by digest: those we hold, those the current consensus lists and we lack,
 * and those that were asked for.
 *
 * <p>Nothing is taken that was not asked for; what no consensus has listed for {@link
 * FetchState#RETENTION} is dropped.
 *
 * <p>Threads: the fetcher's virtual thread.
 */
final class Descriptors<T> {
  final Attempts attempts;

  /** Listed, not held, not asked for; in the order of the consensus. */
  final Set<Bytes> missing = new LinkedHashSet<>();

  private final Set<Bytes> asked = new HashSet<>();
  private final Map<Bytes, Held<T>> held = new HashMap<>();

  private record Held<T>(T document, Instant lastListed) {}

  Descriptors(Attempts attempts) {
    this.attempts = attempts;
  }

  /** There is a new consensus: find out what is missing, drop what is old. */
  void want(Consensus consensus, Instant now) {
    Instant listed = consensus.lifetime().validAfter();
    missing.clear();
    for (Bytes digest : FetchState.digests(consensus)) {
      if (held.computeIfPresent(digest, (_, h) -> new Held<>(h.document, listed)) == null
          && !asked.contains(digest)) {
        missing.add(digest);
      }
    }
    held.values().removeIf(h -> h.lastListed.isBefore(now.minus(FetchState.RETENTION)));
    attempts.forgive();
  }

  boolean canStart() {
    return !missing.isEmpty() && attempts.underWay() < FetchState.MAX_DESCRIPTOR_TRIES;
  }

  /** Adds as many requests as may run at once. */
  void start(Instant now, List<FetchStep> steps, Function<List<Bytes>, FetchStep> request) {
    // About three requests share the work, as long as each has enough to do.
    int size =
        Math.clamp(
            Math.ceilDiv(missing.size(), 3), FetchState.MIN_PER_REQUEST, FetchStep.MAX_DIGESTS);
    while (canStart()) {
      List<Bytes> batch = missing.stream().limit(size).toList();
      batch.forEach(missing::remove);
      asked.addAll(batch);
      attempts.started(now);
      steps.add(request.apply(batch));
    }
  }

  /** Takes what came for a request; returns how many of it were asked for. */
  int finish(
      List<Bytes> digests, List<T> got, Function<T, Bytes> digestOf, Instant now, List<T> gains) {
    Set<Bytes> wanted = new HashSet<>(digests);
    asked.removeAll(wanted);
    int taken = 0;
    for (T document : got) {
      Bytes digest = digestOf.apply(document);
      if (wanted.remove(digest)) {
        held.put(digest, new Held<>(document, now));
        gains.add(document);
        taken++;
      }
    }
    // Somebody else may have the rest.
    missing.addAll(wanted);
    if (taken > 0) {
      attempts.ended();
      attempts.forgive();
    } else {
      attempts.failed(now);
    }
    return taken;
  }

  /** Nothing came for a request. */
  void fail(List<Bytes> digests, Instant now) {
    digests.forEach(asked::remove);
    missing.addAll(digests);
    attempts.failed(now);
  }

  /** Takes a document from elsewhere; whether it was new. */
  boolean put(Bytes digest, T document, Instant lastListed) {
    missing.remove(digest);
    return held.putIfAbsent(digest, new Held<>(document, lastListed)) == null;
  }

  @Nullable T get(Bytes digest) {
    Held<T> h = held.get(digest);
    return h == null ? null : h.document;
  }

  Map<Bytes, T> documents() {
    Map<Bytes, T> documents = HashMap.newHashMap(held.size());
    held.forEach((digest, h) -> documents.put(digest, h.document));
    return documents;
  }

  Map<T, Instant> lastListed() {
    Map<T, Instant> listed = new LinkedHashMap<>();
    held.values().forEach(h -> listed.put(h.document, h.lastListed));
    return listed;
  }
}
