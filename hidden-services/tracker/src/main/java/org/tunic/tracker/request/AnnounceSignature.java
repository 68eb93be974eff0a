package org.tunic.tracker.request;

import java.time.Duration;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.hs.HsId;
import org.tunic.tracker.swarm.InfoHash;
import org.tunic.tracker.swarm.PeerId;

/**
 * How a peer proves that the onion address it announces is its own: Tor gives no return address, so
 * without this anyone could fill swarms with the addresses of strangers.
 *
 * <p>It signs with the key of its onion service ({@code OnionService.sign}, domain {@link
 * #DOMAIN}):
 *
 * <pre>
 * key of the tracker's onion address 32 | info hash 20 | peer id 20 | port u16 | slot u64 | length of key u8 | key
 * </pre>
 *
 * <p>{@code slot} is the number of hours since 1970, told as decimal in the announce; a tracker
 * takes that of its own clock and those beside it. {@code sig} are the 64 bytes.
 *
 * <p>Threads: any, because it has no state.
 */
public final class AnnounceSignature {
  /** What the signature is for. */
  public static final String DOMAIN = "tunic tracker announce 1";

  private static final Duration SLOT = Duration.ofHours(1);

  private AnnounceSignature() {}

  /** The slot of a moment. */
  public static long slot(long epochSecond) {
    return epochSecond / SLOT.toSeconds();
  }

  /** What is signed. */
  public static Bytes message(
      HsId tracker, InfoHash torrent, PeerId peer, int port, long slot, Bytes key) {
    byte[] names = new byte[InfoHash.LENGTH + PeerId.LENGTH];
    torrent.copyTo(names, 0);
    peer.copyTo(names, InfoHash.LENGTH);
    return Bytes.copyOf(
        new ByteWriter(128)
            .bytes(tracker.key().bytes())
            .bytes(names)
            .u16(port)
            .u64(slot)
            .u8(key.length())
            .bytes(key)
            .toArray());
  }

  /** Whether {@code owner} signed the announce for this tracker, now. */
  static boolean verify(HsId tracker, HsId owner, AnnounceRequest announce, long epochSecond) {
    return announce.signature().length() == AnnounceRequest.SIGNATURE_BYTES
        && Math.abs(announce.slot() - slot(epochSecond)) <= 1
        && owner.verify(
            DOMAIN,
            message(
                tracker,
                announce.torrent(),
                announce.peer(),
                announce.port(),
                announce.slot(),
                announce.key()),
            announce.signature());
  }
}
