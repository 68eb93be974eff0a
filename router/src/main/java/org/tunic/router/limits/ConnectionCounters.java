package org.tunic.router.limits;

import java.util.Arrays;
import java.util.concurrent.atomic.LongAdder;

/**
 * Connections and listeners of one node: how many there were, and how many are open.
 *
 * <p>Threads: any, because sums are {@link LongAdder}s.
 */
@SuppressWarnings("EnumOrdinal") // the kinds are a closed set, and the index is kept nowhere
public final class ConnectionCounters {
  private static final int KINDS = ConnectionKind.values().length;

  private final LongAdder[] created = adders();
  private final LongAdder[] closed = adders();
  private final LongAdder[] rejected = adders();

  private static LongAdder[] adders() {
    LongAdder[] adders = new LongAdder[KINDS * 4];
    Arrays.setAll(adders, _ -> new LongAdder());
    return adders;
  }

  private static int index(ConnectionKind kind, boolean initiated, boolean ipv6) {
    return kind.ordinal() * 4 + (initiated ? 2 : 0) + (ipv6 ? 1 : 0);
  }

  /**
   * One was made; {@link #closed} follows once.
   *
   * @param initiated by us; a listener always is
   */
  public void created(ConnectionKind kind, boolean initiated, boolean ipv6) {
    created[index(kind, initiated, ipv6)].increment();
  }

  /** One is gone. */
  public void closed(ConnectionKind kind, boolean initiated, boolean ipv6) {
    closed[index(kind, initiated, ipv6)].increment();
  }

  /** One was closed before anything was read from it. */
  public void rejected(ConnectionKind kind, boolean ipv6) {
    rejected[index(kind, false, ipv6)].increment();
  }

  /** Made since the start: {@code relay_connections_total} "created". */
  public long createdSum(ConnectionKind kind, boolean initiated, boolean ipv6) {
    return created[index(kind, initiated, ipv6)].sum();
  }

  /** Refused since the start: {@code relay_connections_total} "rejected". */
  public long rejectedSum(ConnectionKind kind, boolean ipv6) {
    return rejected[index(kind, false, ipv6)].sum();
  }

  /** Open now: {@code relay_connections} "opened". */
  public long open(ConnectionKind kind, boolean initiated, boolean ipv6) {
    int index = index(kind, initiated, ipv6);
    return Math.max(0, created[index].sum() - closed[index].sum());
  }

  /** Open now, of all kinds but those that are no sockets of their own. */
  public long openSockets() {
    long open = 0;
    for (int i = 0; i < created.length; i++) {
      if (i / 4 != ConnectionKind.DIRECTORY.ordinal()) {
        open += created[i].sum() - closed[i].sum();
      }
    }
    return Math.max(0, open);
  }
}
