package org.tunic.gateway.peer;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.tunic.tracker.swarm.PeerId;

/** Pieces of the peer protocol. */
final class Wire {
  static final byte[] INFO_HASH = bytes("hhhhhhhhhhhhhhhhhhhh");
  static final PeerId SELF = PeerId.at(bytes("-TN0001-abcdefghijkl"), 0);

  private Wire() {}

  static byte[] bytes(String latin) {
    return latin.getBytes(ISO_8859_1);
  }

  /** A handshake with all reserved bits set. */
  static String handshake(String infoHash, String peerId) {
    return "\u0013BitTorrent protocol" + "\u00ff".repeat(8) + infoHash + peerId;
  }

  static String message(int id, String body) {
    return length(1 + body.length()) + (char) id + body;
  }

  static String extended(int number, String body) {
    return message(20, (char) number + body);
  }

  static String length(int length) {
    return ""
        + (char) (length >> 24 & 0xff)
        + (char) (length >> 16 & 0xff)
        + (char) (length >> 8 & 0xff)
        + (char) (length & 0xff);
  }

  /** What a filter makes of it. */
  static String through(WireFilter filter, String latin) throws WireViolation {
    ByteBuf out = Unpooled.buffer();
    filter.filter(Unpooled.wrappedBuffer(bytes(latin)), out);
    return out.toString(ISO_8859_1);
  }
}
