package org.tunic.gateway.standin;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.hs.HsId;
import org.tunic.tracker.swarm.InfoHash;

/**
 * Which address of 127.64.0.0/10 stands in for which peer.
 *
 * <pre>
 * 127.64.0.0/11   peers that the client may dial: one address for each onion of a torrent, with the
 *                 port of its service
 * 127.96.0.0/11   peers that dialled the client and whose onion nobody knows: the source addresses
 *                 of their connections, one for each
 * </pre>
 *
 * <p>Each needs an address of its own and not a port only, because clients allow one connection for
 * each address, in and out. Addresses are drawn at random, so that one that was given up is as good
 * as never seen again. None can be reached from another host: Linux takes all of 127/8 for its own
 * and lets none of it in from outside. Torsocks (127.42.42/24) and C tor's mapped addresses
 * (127.192/10) are elsewhere.
 *
 * <p>Bounds: {@link #MAX_DIALLED} and {@link #MAX_OF_TORRENT} of one torrent; {@link #MAX_DIALLING}
 * of the other kind. When there is no room the one that was not listed for longest, has no
 * connection and was listed more than {@link #FRESH} ago makes some.
 *
 * <p>Threads: guarded by this.
 */
public final class StandIns {
  /** Peers that can be dialled; each has a listening socket. */
  public static final int MAX_DIALLED = 1024;

  /** Those of them of one torrent. */
  public static final int MAX_OF_TORRENT = 256;

  /** Connections of peers that dialled the client. */
  public static final int MAX_DIALLING = 1024;

  /** Connections of programs of this host to one stand-in: a client has one. */
  public static final int MAX_CONNECTIONS = 8;

  /** How long the client may rely on one that a tracker listed. */
  public static final Duration FRESH = Duration.ofMinutes(10);

  /** How long one is kept that is listed no more and has no connection. */
  public static final Duration KEPT = Duration.ofHours(2);

  private static final int DIALLED_SLICE = 127 << 24 | 64 << 16;
  private static final int DIALLING_SLICE = 127 << 24 | 96 << 16;
  private static final int SLICE_SIZE = 1 << 21;

  private record Peer(InfoHash torrent, HsId onion) {}

  private static final class Entry {
    final StandIn standIn;
    Instant listed;
    int connections;

    Entry(StandIn standIn, Instant listed) {
      this.standIn = standIn;
      this.listed = listed;
    }
  }

  private final RandomGenerator random;
  private final Map<Peer, Entry> dialled = new HashMap<>();
  private final Map<InetAddress, Entry> byAddress = new HashMap<>();
  private final Set<InetAddress> dialling = new HashSet<>();

  /**
   * @param random must not be foreseeable: who guesses addresses could find out which peers we know
   */
  public StandIns(RandomGenerator random) {
    this.random = random;
  }

  /**
   * What became of a peer that a tracker listed.
   *
   * @param standIn empty if there is no room for it
   * @param isNew whether somebody must begin to listen at it
   * @param displaced the one that had to go for it: nobody may listen at it any longer
   */
  public record Listed(Optional<StandIn> standIn, boolean isNew, Optional<StandIn> displaced) {}

  /**
   * A tracker listed a peer: the address that stands in for it.
   *
   * @param port of its service; the first that was ever told counts
   */
  public synchronized Listed list(InfoHash torrent, HsId onion, int port, Instant now) {
    Peer peer = new Peer(torrent, onion);
    @Nullable Entry known = dialled.get(peer);
    if (known != null) {
      known.listed = now;
      return new Listed(Optional.of(known.standIn), false, Optional.empty());
    }
    Optional<StandIn> displaced = Optional.empty();
    Predicate<Entry> ofTorrent = entry -> entry.standIn.torrent().equals(torrent);
    boolean torrentFull = dialled.values().stream().filter(ofTorrent).count() >= MAX_OF_TORRENT;
    if (torrentFull || dialled.size() >= MAX_DIALLED) {
      displaced = longestUnlisted(torrentFull ? ofTorrent : _ -> true, now);
      if (displaced.isEmpty()) {
        return new Listed(Optional.empty(), false, Optional.empty());
      }
      displaced.ifPresent(this::remove);
    }
    StandIn made =
        new StandIn(
            torrent,
            onion,
            port,
            new InetSocketAddress(draw(DIALLED_SLICE, byAddress.keySet()), port));
    Entry entry = new Entry(made, now);
    dialled.put(peer, entry);
    byAddress.put(made.address().getAddress(), entry);
    return new Listed(Optional.of(made), true, displaced);
  }

  private Optional<StandIn> longestUnlisted(Predicate<Entry> among, Instant now) {
    return dialled.values().stream()
        .filter(among)
        .filter(entry -> entry.connections == 0 && !entry.listed.plus(FRESH).isAfter(now))
        .min(Comparator.comparing(entry -> entry.listed))
        .map(entry -> entry.standIn);
  }

  private InetAddress draw(int slice, Set<InetAddress> taken) {
    while (true) {
      // Neither the first nor the last address of any 256: some programs take them for networks.
      int host = random.nextInt(SLICE_SIZE);
      int last = host & 0xff;
      InetAddress address = address(slice + host);
      if (last != 0 && last != 0xff && !taken.contains(address)) {
        return address;
      }
    }
  }

  private static InetAddress address(int bits) {
    try {
      return Inet4Address.getByAddress(
          new byte[] {(byte) (bits >> 24), (byte) (bits >> 16), (byte) (bits >> 8), (byte) bits});
    } catch (java.net.UnknownHostException e) {
      throw new IllegalStateException("four bytes are an address", e);
    }
  }

  private void remove(StandIn standIn) {
    dialled.remove(new Peer(standIn.torrent(), standIn.onion()));
    byAddress.remove(standIn.address().getAddress());
  }

  /**
   * The client connected to a stand-in; false if it stands in for nobody any longer, or has {@link
   * #MAX_CONNECTIONS}.
   */
  public synchronized boolean connected(StandIn standIn) {
    @Nullable Entry entry = byAddress.get(standIn.address().getAddress());
    if (entry == null || !entry.standIn.equals(standIn) || entry.connections >= MAX_CONNECTIONS) {
      return false;
    }
    entry.connections++;
    return true;
  }

  /** A connection of {@link #connected} is over. */
  public synchronized void disconnected(StandIn standIn) {
    @Nullable Entry entry = byAddress.get(standIn.address().getAddress());
    if (entry != null && entry.standIn.equals(standIn)) {
      entry.connections--;
    }
  }

  /** It cannot be listened at: another address is drawn when it is listed again. */
  public synchronized void giveUp(StandIn standIn) {
    @Nullable Entry entry = byAddress.get(standIn.address().getAddress());
    if (entry != null && entry.standIn.equals(standIn)) {
      remove(standIn);
    }
  }

  /** All of a torrent go; nobody may listen at those returned any longer. */
  public synchronized List<StandIn> forget(InfoHash torrent) {
    return removeIf(entry -> entry.standIn.torrent().equals(torrent));
  }

  /** Those go that were not listed for {@link #KEPT} and have no connection. */
  public synchronized List<StandIn> expire(Instant now) {
    return removeIf(entry -> entry.connections == 0 && !entry.listed.plus(KEPT).isAfter(now));
  }

  private List<StandIn> removeIf(Predicate<Entry> condition) {
    List<StandIn> gone =
        new ArrayList<>(
            dialled.values().stream().filter(condition).map(entry -> entry.standIn).toList());
    gone.forEach(this::remove);
    return gone;
  }

  /** A source address for a peer that dials the client; empty if too many do. */
  public synchronized Optional<InetAddress> take() {
    if (dialling.size() >= MAX_DIALLING) {
      return Optional.empty();
    }
    InetAddress drawn = draw(DIALLING_SLICE, dialling);
    dialling.add(drawn);
    return Optional.of(drawn);
  }

  /** The connection from an address of {@link #take} is over. */
  public synchronized void giveBack(InetAddress address) {
    dialling.remove(address);
  }

  /** Peers that can be dialled now. */
  public synchronized int dialled() {
    return dialled.size();
  }

  /** Connections of peers that dialled the client. */
  public synchronized int dialling() {
    return dialling.size();
  }
}
