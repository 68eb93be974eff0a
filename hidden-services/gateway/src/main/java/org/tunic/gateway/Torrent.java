package org.tunic.gateway;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.gateway.announce.OutgoingAnnounce.Self;
import org.tunic.gateway.standin.StandIn;
import org.tunic.onion.host.OnionService;
import org.tunic.router.stream.socks.IsolationKey;
import org.tunic.tracker.swarm.InfoHash;
import org.tunic.tracker.swarm.PeerId;

/**
 * A torrent that the client announces: its onion service, and what the gateway calls itself in it,
 * which is new each time the torrent is begun.
 *
 * <p>Threads: any; times are guarded by the gateway.
 */
final class Torrent {
  private static final String ID_PREFIX = "-TN0001-";
  private static final String LETTERS =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  private static final int KEY_DIGITS = 8;

  /** Our circuits share no group with those of a SOCKS port, which has small numbers. */
  private static final int ISOLATION_GROUP = Integer.MIN_VALUE;

  private final InfoHash infoHash;
  private final OnionService service;
  private final Self self;
  private final IsolationKey isolation;

  /** What ends listening at each stand-in. */
  private final Map<StandIn, Runnable> listening = new ConcurrentHashMap<>();

  private final AtomicInteger incoming = new AtomicInteger();

  /** Where the client listens; 0 if it does not. */
  private volatile int clientPort;

  /** When the client announced it last. */
  Instant heard;

  /** Since when the client has stopped it; null if it has not. */
  @Nullable Instant stopped;

  Torrent(InfoHash infoHash, OnionService service, int port, Instant now, RandomGenerator random) {
    this.infoHash = infoHash;
    this.service = service;
    this.heard = now;
    StringBuilder id = new StringBuilder(ID_PREFIX);
    while (id.length() < PeerId.LENGTH) {
      id.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
    }
    StringBuilder key = new StringBuilder();
    while (key.length() < KEY_DIGITS) {
      key.append(Character.forDigit(random.nextInt(16), 16));
    }
    this.self =
        new Self(
            service.id(),
            port,
            PeerId.at(id.toString().getBytes(StandardCharsets.US_ASCII), 0),
            key.toString());
    this.isolation =
        new IsolationKey(
            ISOLATION_GROUP, Bytes.EMPTY, 0, Bytes.copyOf(infoHash.toArray()), Bytes.EMPTY, 0, "");
  }

  InfoHash infoHash() {
    return infoHash;
  }

  OnionService service() {
    return service;
  }

  Self self() {
    return self;
  }

  /** What none but this torrent's streams share circuits by. */
  IsolationKey isolation() {
    return isolation;
  }

  Map<StandIn, Runnable> listening() {
    return listening;
  }

  /** Peers that dialled the client now. */
  AtomicInteger incoming() {
    return incoming;
  }

  int clientPort() {
    return clientPort;
  }

  void clientListensAt(int port) {
    clientPort = port;
  }

  /** Ends the service, and its peers' streams with it. */
  void close() {
    service.close();
    listening.values().forEach(Runnable::run);
    listening.clear();
  }
}
