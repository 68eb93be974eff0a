package org.tunic.gateway.peer;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.tunic.tracker.swarm.InfoHash;
import org.tunic.tracker.swarm.PeerId;

/**
 * One direction of the peer protocol, with everything taken out that is not known to be harmless.
 *
 * <pre>
 * handshake  19, "BitTorrent protocol", reserved 8, info hash 20, peer id 20
 * message    length u32, id u8, body; of length 0 to keep the connection
 * extended   id 20: number u8, body; number 0 is the handshake of the extension protocol
 * </pre>
 *
 * <p>Of the reserved bits those of the extension protocol and of the fast extension are passed on;
 * the peer id of the client becomes the gateway's. Of the messages those of BEP 3 and of the fast
 * extension; PORT, which invites to the DHT, and whatever else there may be are dropped. Of
 * extended messages those that the other side was told of. An encrypted connection is refused,
 * since nothing could be taken out of it: clients then come again in the clear.
 *
 * <p>Bytes go through as they come; what is kept are the head of a message, 68 bytes, and one
 * extension handshake of at most {@link ExtensionHandshake#MAX_BYTES}.
 *
 * <p>Spec: BEP 3, BEP 5, BEP 6, BEP 10. Threads: event loop of the channel that is read from.
 */
public final class WireFilter {
  /** Bytes of a handshake. */
  public static final int HANDSHAKE_BYTES = 68;

  /** Bytes of a message: a bit field of eight million pieces. */
  static final int MAX_MESSAGE = 1 << 20;

  private static final byte[] PROTOCOL =
      "\u0013BitTorrent protocol".getBytes(StandardCharsets.US_ASCII);
  private static final int RESERVED = PROTOCOL.length;
  private static final int INFO_HASH = RESERVED + 8;
  private static final int PEER_ID = INFO_HASH + InfoHash.LENGTH;

  /** By byte of the reserved ones. */
  private static final byte[] PASSED_BITS = {0, 0, 0, 0, 0, 0x10, 0, 0x04};

  private static final int LENGTH_BYTES = 4;
  private static final int EXTENDED = 20;

  /** What becomes of the rest of a message. */
  private enum Rest {
    PASS,
    DROP,
    COLLECT
  }

  private final InfoHash torrent;
  private final Optional<PeerId> self;
  private final Offered sender;
  private final Offered receiver;

  private final byte[] head = new byte[HANDSHAKE_BYTES];
  private int headLength;

  /** Bytes of the head after which more is known. */
  private int headWanted = HANDSHAKE_BYTES;

  private boolean greeted;
  private Rest rest = Rest.DROP;

  /** Bytes of the message that are still to come. */
  private int left;

  private byte[] collected = {};
  private int collectedLength;
  private long dropped;

  private WireFilter(InfoHash torrent, Optional<PeerId> self, Offered sender, Offered receiver) {
    this.torrent = torrent;
    this.self = self;
    this.sender = sender;
    this.receiver = receiver;
  }

  /**
   * Both directions of one connection.
   *
   * <p>Threads: immutable.
   *
   * @param out what the client says
   * @param in what the peer says
   */
  public record Pair(WireFilter out, WireFilter in) {}

  /**
   * The filters of a connection.
   *
   * @param torrent the only one that both may speak of
   * @param self what the client's peer id becomes
   */
  public static Pair pair(InfoHash torrent, PeerId self) {
    Offered client = new Offered();
    Offered peer = new Offered();
    return new Pair(
        new WireFilter(torrent, Optional.of(self), client, peer),
        new WireFilter(torrent, Optional.empty(), peer, client));
  }

  /** Whether a good handshake has come. */
  public boolean isGreeted() {
    return greeted;
  }

  /** Messages that were not passed on. */
  public long dropped() {
    return dropped;
  }

  /**
   * Takes all that came and writes what is passed on.
   *
   * @param in emptied
   * @param out grows as it must
   * @throws WireViolation if the connection must be closed; what was written before may be sent
   */
  public void filter(ByteBuf in, ByteBuf out) throws WireViolation {
    while (in.isReadable()) {
      if (left > 0) {
        takeRest(in, out);
      } else {
        int count = Math.min(headWanted - headLength, in.readableBytes());
        in.readBytes(head, headLength, count);
        headLength += count;
        if (!greeted) {
          checkGreeting();
        }
        if (headLength == headWanted) {
          onHead(out);
        }
      }
    }
  }

  private void takeRest(ByteBuf in, ByteBuf out) {
    int count = Math.min(left, in.readableBytes());
    switch (rest) {
      case PASS -> out.writeBytes(in, count);
      case DROP -> in.skipBytes(count);
      case COLLECT -> {
        in.readBytes(collected, collectedLength, count);
        collectedLength += count;
      }
    }
    left -= count;
    if (left == 0 && rest == Rest.COLLECT) {
      passExtensions(out);
    }
  }

  /** At the first byte that is wrong: who encrypts waits for an answer after 96 bytes or more. */
  private void checkGreeting() throws WireViolation {
    int known = Math.min(headLength, PROTOCOL.length);
    if (!Arrays.equals(head, 0, known, PROTOCOL, 0, known)) {
      throw new WireViolation("no handshake of the peer protocol in the clear");
    }
    if (headLength >= PEER_ID && !InfoHash.at(head, INFO_HASH).equals(torrent)) {
      throw new WireViolation("a handshake of another torrent");
    }
  }

  private void onHead(ByteBuf out) throws WireViolation {
    if (!greeted) {
      greeted = true;
      for (int i = 0; i < PASSED_BITS.length; i++) {
        head[RESERVED + i] &= PASSED_BITS[i];
      }
      self.ifPresent(id -> id.copyTo(head, PEER_ID));
      out.writeBytes(head, 0, HANDSHAKE_BYTES);
      nextMessage();
      return;
    }
    int length =
        (int)
            ((head[0] & 0xffL) << 24
                | (head[1] & 0xff) << 16
                | (head[2] & 0xff) << 8
                | (head[3] & 0xff));
    if (length < 0 || length > MAX_MESSAGE) {
      throw new WireViolation("a message of more than a megabyte");
    }
    if (length == 0) {
      out.writeInt(0);
      nextMessage();
    } else if (headLength == LENGTH_BYTES) {
      headWanted = LENGTH_BYTES + 1;
    } else if (headLength == LENGTH_BYTES + 1) {
      onMessage(head[LENGTH_BYTES] & 0xff, length, out);
    } else {
      onExtended(head[LENGTH_BYTES + 1] & 0xff, length - 2, out);
    }
  }

  private void onMessage(int id, int length, ByteBuf out) throws WireViolation {
    if (id != EXTENDED) {
      begin(isPassed(id) ? Rest.PASS : Rest.DROP, length - 1, out);
    } else if (length < 2) {
      throw new WireViolation("an extended message without a number");
    } else {
      headWanted = LENGTH_BYTES + 2;
    }
  }

  /** Messages of BEP 3 (choke to cancel) and of the fast extension. */
  private static boolean isPassed(int id) {
    return id <= 8 || (id >= 13 && id <= 17);
  }

  private void onExtended(int number, int length, ByteBuf out) throws WireViolation {
    if (number != 0) {
      begin(receiver.has(number) ? Rest.PASS : Rest.DROP, length, out);
      return;
    }
    if (length > ExtensionHandshake.MAX_BYTES) {
      throw new WireViolation("an extension handshake of more than 16 KiB");
    }
    collected = new byte[length];
    collectedLength = 0;
    begin(Rest.COLLECT, length, out);
    if (length == 0) {
      passExtensions(out);
    }
  }

  private void begin(Rest what, int length, ByteBuf out) {
    if (what == Rest.PASS) {
      out.writeBytes(head, 0, headLength);
    } else if (what == Rest.DROP) {
      dropped++;
    }
    rest = what;
    left = length;
    nextMessage();
  }

  private void nextMessage() {
    headLength = 0;
    headWanted = LENGTH_BYTES;
  }

  private void passExtensions(ByteBuf out) {
    ExtensionHandshake handshake = ExtensionHandshake.read(collected);
    collected = new byte[0];
    sender.add(handshake.numbers());
    byte[] body = handshake.write();
    out.writeInt(2 + body.length);
    out.writeByte(EXTENDED);
    out.writeByte(0);
    out.writeBytes(body);
  }
}
