package org.tunic.tracker;

import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.hs.HsId;
import org.tunic.crypto.identity.Ed25519Identity;
import org.tunic.directory.policy.IpLiteral;
import org.tunic.tracker.bencode.BencodeWriter;
import org.tunic.tracker.swarm.Counts;
import org.tunic.tracker.swarm.PeerId;
import org.tunic.tracker.swarm.PeerList;
import org.tunic.tracker.swarm.PeerList.Part;
import org.tunic.tracker.swarm.PeerStore.Scraped;

/**
 * The answers of a tracker, byte for byte. Keys are in their order.
 *
 * <p>Spec: BEP 3, BEP 7, BEP 21, BEP 23, BEP 24, BEP 31, BEP 48. Threads: any, because it has no
 * state.
 */
final class Answers {
  private static final byte[] NONE = {};
  private static final int PORT_BYTES = 2;

  private Answers() {}

  /** How peers are told. */
  enum Form {
    /** {@code peers} and {@code peers6}. */
    COMPACT,
    /** {@code peers_onion}. */
    COMPACT_ONION,
    /** {@code peers} as a list of dictionaries. */
    DICTIONARIES
  }

  /**
   * What an announce is told besides peers.
   *
   * @param externalIp where it came from, 4 or 16 bytes; empty if that says nothing
   * @param warning for the user; empty for none
   */
  record Head(
      long intervalSeconds,
      long minIntervalSeconds,
      Counts counts,
      Optional<java.net.InetAddress> externalIp,
      String warning) {}

  static BencodeWriter announce(Head head, PeerList peers, Form form) {
    BencodeWriter out =
        new BencodeWriter(
            160 + length(peers.ipv4()) + length(peers.ipv6()) + length(peers.onion()));
    out.dictionary();
    out.text("complete").integer(head.counts.complete());
    out.text("downloaded").integer(head.counts.downloaded());
    head.externalIp.ifPresent(address -> out.text("external ip").text(address.getAddress()));
    out.text("incomplete").integer(head.counts.incomplete());
    out.text("interval").integer(head.intervalSeconds);
    out.text("min interval").integer(head.minIntervalSeconds);
    switch (form) {
      case COMPACT -> {
        compact(out.text("peers"), peers.ipv4());
        if (peers.ipv6() != null) {
          compact(out.text("peers6"), peers.ipv6());
        }
      }
      case COMPACT_ONION -> {
        out.text("peers").text(NONE);
        compact(out.text("peers_onion"), peers.onion());
      }
      case DICTIONARIES -> {
        out.text("peers").list();
        dictionaries(out, peers.ipv4(), peers.withIds());
        dictionaries(out, peers.ipv6(), peers.withIds());
        dictionaries(out, peers.onion(), peers.withIds());
        out.end();
      }
    }
    if (!head.warning.isEmpty()) {
      out.text("warning message").text(head.warning);
    }
    return out.end();
  }

  private static int length(@Nullable Part part) {
    return part == null ? 0 : part.length();
  }

  private static void compact(BencodeWriter out, @Nullable Part part) {
    if (part == null) {
      out.text(NONE);
    } else {
      out.text(part.bytes(), 0, part.length());
    }
  }

  private static void dictionaries(BencodeWriter out, @Nullable Part part, boolean withIds) {
    if (part == null) {
      return;
    }
    byte[] bytes = part.bytes();
    for (int at = 0; at < part.length(); at += part.stride()) {
      int address = withIds ? at + PeerId.LENGTH : at;
      int port = at + part.stride() - PORT_BYTES;
      out.dictionary();
      out.text("ip").text(host(Arrays.copyOfRange(bytes, address, port)));
      if (withIds) {
        out.text("peer id").text(bytes, at, PeerId.LENGTH);
      }
      out.text("port").integer(((bytes[port] & 0xff) << 8) | (bytes[port + 1] & 0xff));
      out.end();
    }
  }

  private static String host(byte[] address) {
    return address.length == Ed25519Identity.LENGTH
        ? new HsId(Ed25519Identity.of(address)).unredactedHost()
        : IpLiteral.format(address);
  }

  /** A scrape; {@code more} is the last torrent of a page that others follow. */
  static BencodeWriter scrape(Iterable<Scraped> torrents, Optional<Scraped> more) {
    BencodeWriter out = new BencodeWriter(512);
    out.dictionary().text("files").dictionary();
    for (Scraped scraped : torrents) {
      out.text(scraped.torrent().toArray()).dictionary();
      out.text("complete").integer(scraped.counts().complete());
      out.text("downloaded").integer(scraped.counts().downloaded());
      out.text("downloaders").integer(scraped.counts().downloaders());
      out.text("incomplete").integer(scraped.counts().incomplete());
      out.end();
    }
    out.end();
    more.ifPresent(last -> out.text("next").text(last.torrent().toArray()));
    return out.end();
  }

  /**
   * A failure.
   *
   * @param retryMinutes when to ask again; 0 for the client's own choice, negative for never
   */
  static BencodeWriter failure(String reason, int retryMinutes) {
    BencodeWriter out = new BencodeWriter(96);
    out.dictionary().text("failure reason").text(reason);
    if (retryMinutes < 0) {
      out.text("retry in").text("never");
    } else if (retryMinutes > 0) {
      out.text("retry in").integer(retryMinutes);
    }
    return out.end();
  }
}
