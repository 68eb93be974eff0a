package org.tunic.gateway.announce;

import java.util.Locale;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.hs.HsId;
import org.tunic.tracker.request.AnnounceRequest;
import org.tunic.tracker.request.AnnounceSignature;
import org.tunic.tracker.swarm.Announce.Event;
import org.tunic.tracker.swarm.Announce.Role;
import org.tunic.tracker.swarm.InfoHash;
import org.tunic.tracker.swarm.PeerId;

/**
 * The requests that trackers get in the client's place. They have one form, whatever the client:
 * same parameters, same order, same header. Of what the client said remain the torrent, whether it
 * has all of it, the event, and, where the tracker keeps accounts, how much it carried.
 *
 * <p>Gone are {@code ip}, {@code ipv4}, {@code ipv6}, peer id, key, port, {@code numwant}, the user
 * agent, what is left, and whatever else it may have said.
 *
 * <p>Spec: BEP 3, BEP 48. Threads: any, because it has no state.
 */
public final class OutgoingAnnounce {
  /** Peers asked for. */
  public static final int NUMWANT = 50;

  private OutgoingAnnounce() {}

  /**
   * What the gateway is in one torrent.
   *
   * <p>Threads: immutable.
   *
   * @param onion its service
   * @param port of the service
   * @param peer its id
   * @param key ASCII, so that nobody takes the id over
   */
  public record Self(HsId onion, int port, PeerId peer, String key) {
    /** Nothing that identifies. */
    @Override
    public String toString() {
      return "[self]";
    }
  }

  /** Signs for an announce. */
  @FunctionalInterface
  public interface Signer {
    /** 64 bytes. */
    Bytes sign(String domain, Bytes message);
  }

  /**
   * An announce.
   *
   * @param heard what the client said
   * @param epochSecond now
   * @param signer the key of {@code self.onion()}
   * @return request line and header, ASCII
   */
  public static String announce(
      TrackerTarget tracker, AnnounceRequest heard, Self self, long epochSecond, Signer signer) {
    long slot = AnnounceSignature.slot(epochSecond);
    Bytes key = ascii(self.key());
    Bytes signature =
        signer.sign(
            AnnounceSignature.DOMAIN,
            AnnounceSignature.message(
                tracker.onion(), heard.torrent(), self.peer(), self.port(), slot, key));
    // Only who keeps accounts has any use for them.
    boolean tell = tracker.hasAccounts();
    String query =
        "info_hash="
            + percent(heard.torrent())
            + "&peer_id="
            + percent(self.peer())
            + "&port="
            + self.port()
            + "&uploaded="
            + (tell ? heard.uploaded() : 0)
            + "&downloaded="
            + (tell ? heard.downloaded() : 0)
            + "&left="
            + (heard.role() == Role.SEED ? 0 : 1)
            + "&numwant="
            + (heard.event() == Event.STOPPED ? 0 : NUMWANT)
            + "&key="
            + self.key()
            + "&compact=1&no_peer_id=1"
            + event(heard)
            + "&onion=1&ip="
            + self.onion().unredactedHost()
            + "&slot="
            + slot
            + "&sig="
            + percent(signature.toArray());
    return request(tracker, tracker.path() + "?" + query);
  }

  private static String event(AnnounceRequest heard) {
    return switch (heard.event()) {
      case STARTED, STOPPED, COMPLETED -> "&event=" + heard.event().name().toLowerCase(Locale.ROOT);
      case REGULAR -> heard.role() == Role.PARTIAL_SEED ? "&event=paused" : "";
    };
  }

  /** A scrape of one torrent: of several it would say that one person has them all. */
  public static String scrape(TrackerTarget tracker, InfoHash torrent) {
    return request(tracker, tracker.scrapePath() + "?info_hash=" + percent(torrent));
  }

  private static String request(TrackerTarget tracker, String target) {
    return "GET "
        + target
        + " HTTP/1.1\r\nHost: "
        + tracker.hostHeader()
        + "\r\nConnection: close\r\n\r\n";
  }

  private static Bytes ascii(String text) {
    return Bytes.copyOf(text.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
  }

  private static String percent(InfoHash torrent) {
    return percent(torrent.toArray());
  }

  private static String percent(PeerId peer) {
    byte[] bytes = new byte[PeerId.LENGTH];
    peer.copyTo(bytes, 0);
    return percent(bytes);
  }

  /** All of them: which are left as they are tells clients apart. */
  private static String percent(byte[] bytes) {
    StringBuilder out = new StringBuilder(3 * bytes.length);
    for (byte b : bytes) {
      out.append('%')
          .append(Character.forDigit(b >> 4 & 0xf, 16))
          .append(Character.forDigit(b & 0xf, 16));
    }
    return out.toString();
  }
}
