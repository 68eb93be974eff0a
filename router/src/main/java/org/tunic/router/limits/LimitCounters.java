package org.tunic.router.limits;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/**
 * What the bounds of one node did, counted since the start. Labels are C tor's, so that metrics can
 * show them as they are.
 *
 * <p>Threads: any, because sums are {@link LongAdder}s; nothing counts per cell.
 */
public final class LimitCounters {
  private final Map<HandshakeKind, LongAdder> requested = adders(HandshakeKind.class);
  private final Map<HandshakeKind, LongAdder> processed = adders(HandshakeKind.class);
  private final Map<HandshakeKind, LongAdder> dropped = adders(HandshakeKind.class);

  private final Map<DosKind, LongAdder> dos = adders(DosKind.class);

  private final LongAdder oomBytes = new LongAdder();

  private static <K extends Enum<K>> Map<K, LongAdder> adders(Class<K> kinds) {
    EnumMap<K, LongAdder> adders = new EnumMap<>(kinds);
    for (K kind : kinds.getEnumConstants()) {
      adders.put(kind, new LongAdder());
    }
    return adders;
  }

  private static <K extends Enum<K>> LongAdder of(Map<K, LongAdder> adders, K kind) {
    return Objects.requireNonNull(adders.get(kind)); // every kind has one
  }

  /** Onion skins that relays (not clients) asked us to answer. */
  public long onionSkinsRequested(HandshakeKind kind) {
    return of(requested, kind).sum();
  }

  /** Onion skins of relays given to a thread: {@code relay_load_onionskins_total} "processed". */
  public long onionSkinsProcessed(HandshakeKind kind) {
    return of(processed, kind).sum();
  }

  /** Onion skins of relays for which there was no room: "dropped". */
  public long onionSkinsDropped(HandshakeKind kind) {
    return of(dropped, kind).sum();
  }

  /** An onion skin of a relay came. */
  public void addOnionSkinRequested(HandshakeKind kind) {
    of(requested, kind).increment();
  }

  /** An onion skin of a relay goes to a thread. */
  public void addOnionSkinProcessed(HandshakeKind kind) {
    of(processed, kind).increment();
  }

  /** An onion skin of a relay found no room. */
  public void addOnionSkinDropped(HandshakeKind kind) {
    of(dropped, kind).increment();
  }

  /** How often a defence against denial of service acted: {@code relay_dos_total}. */
  public long dos(DosKind kind) {
    return of(dos, kind).sum();
  }

  /** A defence acted. */
  public void addDos(DosKind kind) {
    of(dos, kind).increment();
  }

  /** Bytes of cells freed for lack of memory: {@code relay_load_oom_bytes_total} "cell". */
  public long oomBytes() {
    return oomBytes.sum();
  }

  /** Cells were thrown away for lack of memory. */
  public void addOomBytes(long bytes) {
    oomBytes.add(bytes);
  }
}
