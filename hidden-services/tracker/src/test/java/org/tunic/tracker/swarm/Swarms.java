package org.tunic.tracker.swarm;

import java.time.InstantSource;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.testing.SeededRandom;
import org.tunic.tracker.swarm.Announce.Event;
import org.tunic.tracker.swarm.Announce.Role;
import org.tunic.tracker.swarm.Announce.Wanted;
import org.tunic.tracker.swarm.PeerAddress.Kind;

/** Announces and stores for tests. */
final class Swarms {
  private Swarms() {}

  static SwarmStore store(SwarmStore.Limits limits, InstantSource clock, long seed) {
    SeededRandom random = new SeededRandom(seed);
    return new SwarmStore(limits, clock, random, () -> new SeededRandom(random.nextLong()));
  }

  static InfoHash torrent(int number) {
    return new InfoHash((long) number * 0x9E3779B97F4A7C15L, number, number);
  }

  static PeerId peer(int number) {
    return new PeerId(0x2d54_6573_742d_0000L, number, ~number);
  }

  static PeerAddress onion(int number) {
    byte[] key = new byte[32];
    key[0] = (byte) (number >> 16);
    key[1] = (byte) (number >> 8);
    key[2] = (byte) number;
    return new PeerAddress(Kind.ONION, Bytes.copyOf(key), 6881);
  }

  static PeerAddress ipv4(int number) {
    return new PeerAddress(
        Kind.IPV4,
        Bytes.copyOf(new byte[] {8, (byte) (number >> 16), (byte) (number >> 8), (byte) number}),
        6881);
  }

  /** A leecher of torrent 1 with an onion address who wants 50 peers. */
  static Announce leecher(int number) {
    return announce(1, number, Role.LEECHER, Event.STARTED, onion(number));
  }

  static Announce seed(int number) {
    return announce(1, number, Role.SEED, Event.STARTED, onion(number));
  }

  static Announce announce(int torrent, int number, Role role, Event event, PeerAddress address) {
    return new Announce(
        torrent(torrent),
        peer(number),
        Bytes.EMPTY,
        role,
        event,
        address,
        true,
        Wanted.ONION,
        50,
        true);
  }

  static Announce wanting(Announce announce, int numwant) {
    return new Announce(
        announce.torrent(),
        announce.peer(),
        announce.key(),
        announce.role(),
        announce.event(),
        announce.address(),
        announce.mayBeNew(),
        announce.list(),
        numwant,
        announce.withIds());
  }

  static Announce withKey(Announce announce, String key) {
    return new Announce(
        announce.torrent(),
        announce.peer(),
        Bytes.copyOf(key.getBytes(java.nio.charset.StandardCharsets.US_ASCII)),
        announce.role(),
        announce.event(),
        announce.address(),
        announce.mayBeNew(),
        announce.list(),
        announce.numwant(),
        announce.withIds());
  }

  static Announced.Taken take(SwarmStore store, Announce announce) {
    return (Announced.Taken) store.announce(announce);
  }
}
