package org.tunic.gateway.announce;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.hs.HsId;
import org.tunic.crypto.identity.Ed25519Identity;
import org.tunic.tracker.bencode.Bencode;
import org.tunic.tracker.bencode.BencodeException;
import org.tunic.tracker.bencode.BencodeValue;
import org.tunic.tracker.bencode.BencodeValue.Dict;
import org.tunic.tracker.bencode.BencodeValue.Int;
import org.tunic.tracker.bencode.BencodeValue.Text;
import org.tunic.tracker.bencode.BencodeWriter;
import org.tunic.tracker.request.AddressRules;

/**
 * What of a tracker's answer to an announce matters: counts, times, two texts, and the peers that
 * have an onion address. Peers with any other address, or with a name, are not read: the client
 * would dial them from here, or ask the system's resolver for them.
 *
 * <p>Spec: BEP 3, BEP 23, BEP 31. Threads: immutable.
 *
 * @param complete seeds; empty if not said, and so are the others
 * @param failure why there is no answer, and then there is nothing else
 * @param warning for the user
 * @param retryMinutes in how many minutes to ask again; negative for never
 * @param peers each onion once
 */
public record TrackerAnswer(
    OptionalLong complete,
    OptionalLong incomplete,
    OptionalLong downloaded,
    OptionalLong interval,
    OptionalLong minInterval,
    Optional<String> failure,
    Optional<String> warning,
    OptionalLong retryMinutes,
    List<OnionPeer> peers) {
  /** Peers read of one answer. */
  public static final int MAX_PEERS = 200;

  /** Bytes of an answer. */
  public static final int MAX_BYTES = 64 * 1024;

  /** Characters of a text that is shown to the user. */
  static final int MAX_TEXT = 200;

  /** Seconds: a tracker must not make the client ask all the time, nor never again. */
  static final long LEAST_INTERVAL = 30;

  static final long MOST_INTERVAL = 3600;
  private static final long MOST_RETRY_MINUTES = 7 * 24 * 60;
  private static final long MOST_COUNT = Integer.MAX_VALUE;
  private static final int PORT_BYTES = 2;
  private static final Bencode.Limits LIMITS = new Bencode.Limits(4, 2_000, MAX_BYTES);
  private static final int IPV4_PEER_BYTES = 6;

  /** An answer that says nothing. */
  public static final TrackerAnswer NOTHING =
      new TrackerAnswer(
          OptionalLong.empty(),
          OptionalLong.empty(),
          OptionalLong.empty(),
          OptionalLong.empty(),
          OptionalLong.empty(),
          Optional.empty(),
          Optional.empty(),
          OptionalLong.empty(),
          List.of());

  /** Copies the list. */
  public TrackerAnswer {
    peers = List.copyOf(peers);
  }

  /**
   * Reads an answer.
   *
   * @throws BencodeException if it is none
   */
  public static TrackerAnswer read(byte[] body) throws BencodeException {
    if (!(Bencode.read(body, LIMITS) instanceof Dict answer)) {
      return failed("the tracker's answer is none", OptionalLong.empty());
    }
    Optional<String> failure = text(answer, "failure reason");
    if (failure.isPresent()) {
      return failed(failure.get(), retry(answer));
    }
    return new TrackerAnswer(
        number(answer, "complete", 0, MOST_COUNT),
        number(answer, "incomplete", 0, MOST_COUNT),
        number(answer, "downloaded", 0, MOST_COUNT),
        number(answer, "interval", LEAST_INTERVAL, MOST_INTERVAL),
        number(answer, "min interval", LEAST_INTERVAL, MOST_INTERVAL),
        Optional.empty(),
        text(answer, "warning message"),
        OptionalLong.empty(),
        answer.get("peers_onion").map(TrackerAnswer::peers).orElse(List.of()));
  }

  private static TrackerAnswer failed(String reason, OptionalLong retryMinutes) {
    return new TrackerAnswer(
        OptionalLong.empty(),
        OptionalLong.empty(),
        OptionalLong.empty(),
        OptionalLong.empty(),
        OptionalLong.empty(),
        Optional.of(reason),
        Optional.empty(),
        retryMinutes,
        List.of());
  }

  private static OptionalLong number(Dict answer, String key, long least, long most) {
    return answer.get(key).orElse(null) instanceof Int number
        ? OptionalLong.of(Math.clamp(number.value(), least, most))
        : OptionalLong.empty();
  }

  private static OptionalLong retry(Dict answer) {
    return answer.get("retry in").orElse(null) instanceof Text
        ? OptionalLong.of(-1)
        : number(answer, "retry in", 1, MOST_RETRY_MINUTES);
  }

  /** What the user may be shown: one line of ASCII. */
  private static Optional<String> text(Dict answer, String key) {
    if (!(answer.get(key).orElse(null) instanceof Text text)) {
      return Optional.empty();
    }
    String all = new String(text.value().toArray(), StandardCharsets.ISO_8859_1);
    return Optional.of(
        all.substring(0, Math.min(all.length(), MAX_TEXT)).replaceAll("[^ -~]", "?"));
  }

  private static List<OnionPeer> peers(BencodeValue value) {
    if (!(value instanceof Text list) || list.value().length() % OnionPeer.LENGTH != 0) {
      return List.of();
    }
    Bytes all = list.value();
    List<OnionPeer> peers = new ArrayList<>();
    Set<HsId> seen = new HashSet<>();
    for (int at = 0; at < all.length() && peers.size() < MAX_PEERS; at += OnionPeer.LENGTH) {
      int port =
          all.at(at + Ed25519Identity.LENGTH) << 8
              | all.at(at + Ed25519Identity.LENGTH + PORT_BYTES - 1);
      Optional<HsId> onion = onion(all.slice(at, Ed25519Identity.LENGTH));
      // Below are services of somebody else, at which we shall not be pointed.
      if (port >= AddressRules.LEAST_PORT && onion.isPresent() && seen.add(onion.get())) {
        peers.add(new OnionPeer(onion.get(), port));
      }
    }
    return peers;
  }

  /** Empty for what is no key of a service: no name stands for it. */
  private static Optional<HsId> onion(Bytes key) {
    try {
      return Optional.of(HsId.parse(new HsId(Ed25519Identity.of(key.toArray())).unredacted()));
    } catch (MalformedException e) {
      return Optional.empty();
    }
  }

  /**
   * What the client gets.
   *
   * @param standIns IPv4 addresses
   */
  public byte[] write(List<InetSocketAddress> standIns) {
    BencodeWriter out = new BencodeWriter(160 + IPV4_PEER_BYTES * standIns.size());
    out.dictionary();
    number(out, "complete", complete);
    number(out, "downloaded", downloaded);
    text(out, "failure reason", failure);
    number(out, "incomplete", incomplete);
    if (failure.isEmpty()) {
      // Clients take an answer without it for none.
      out.text("interval").integer(interval.orElse(MOST_INTERVAL / 2));
    }
    number(out, "min interval", minInterval);
    if (failure.isEmpty()) {
      out.text("peers").text(compact(standIns));
    }
    retryMinutes.ifPresent(
        minutes -> {
          if (minutes < 0) {
            out.text("retry in").text("never");
          } else {
            out.text("retry in").integer(minutes);
          }
        });
    text(out, "warning message", warning);
    return out.end().toArray();
  }

  /** A failure of the gateway's own. */
  public static byte[] failure(String reason) {
    return failed(reason, OptionalLong.empty()).write(List.of());
  }

  private static void number(BencodeWriter out, String key, OptionalLong value) {
    value.ifPresent(number -> out.text(key).integer(number));
  }

  private static void text(BencodeWriter out, String key, Optional<String> value) {
    value.ifPresent(text -> out.text(key).text(text));
  }

  private static byte[] compact(List<InetSocketAddress> standIns) {
    byte[] out = new byte[IPV4_PEER_BYTES * standIns.size()];
    int at = 0;
    for (InetSocketAddress standIn : standIns) {
      byte[] address = standIn.getAddress().getAddress();
      System.arraycopy(address, 0, out, at, address.length);
      out[at + address.length] = (byte) (standIn.getPort() >> 8);
      out[at + address.length + 1] = (byte) standIn.getPort();
      at += IPV4_PEER_BYTES;
    }
    return out;
  }
}
