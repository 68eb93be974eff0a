package org.tunic.router.channel;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.tunic.crypto.identity.RsaIdentity;

/**
 * The open channels of a node, and which of several to one relay is the one to use.
 *
 * <p>Both sides may connect at the same time, and a peer may connect twice; such channels stay as
 * long as they have circuits. New circuits go to the canonical one, then to the oldest: a newer
 * connection must not draw circuits to itself, or whoever makes it could observe the change. After
 * a week a channel gets no new circuits.
 *
 * <p>Spec: tor-spec/creating-circuits#canonical-connections
 *
 * <p>Threads: guarded by its own lock.
 */
final class OpenChannels {
  /** Age at which a channel gets no new circuits. */
  static final long MAX_AGE_NANOS = TimeUnit.DAYS.toNanos(7);

  private static final Comparator<Channel> BEST_FIRST =
      Comparator.comparing((Channel c) -> !c.canonical()).thenComparingLong(Channel::serial);

  private final Set<Channel> all = new LinkedHashSet<>();
  private final Map<RsaIdentity, List<Channel>> byRelay = new HashMap<>();

  synchronized void add(Channel channel) {
    all.add(channel);
    channel
        .peer()
        .ifPresent(ids -> byRelay.computeIfAbsent(ids.rsa(), _ -> new ArrayList<>(1)).add(channel));
  }

  synchronized void remove(Channel channel) {
    all.remove(channel);
    channel
        .peer()
        .ifPresent(
            ids ->
                byRelay.computeIfPresent(
                    ids.rsa(),
                    (_, list) -> {
                      list.remove(channel);
                      return list.isEmpty() ? null : list;
                    }));
  }

  /** The channel to use for a new circuit to {@code target}. */
  synchronized Optional<Channel> best(ExtendTarget target, boolean openedByUs, long nowNanos) {
    return byRelay.getOrDefault(target.ids().rsa(), List.of()).stream()
        .filter(c -> c.peer().filter(target.ids()::matches).isPresent())
        .filter(c -> !openedByUs || (c.initiator() && c.goesTo(target.addresses())))
        .filter(c -> c.canonical() || c.goesTo(target.addresses()))
        .filter(c -> nowNanos - c.openedNanos() < MAX_AGE_NANOS)
        .min(BEST_FIRST);
  }

  synchronized List<Channel> snapshot() {
    return List.copyOf(all);
  }

  synchronized int size() {
    return all.size();
  }
}
