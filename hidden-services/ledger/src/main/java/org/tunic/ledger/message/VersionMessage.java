package org.tunic.ledger.message;

import java.nio.charset.StandardCharsets;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.ledger.primitive.WireReader;
import org.tunic.ledger.primitive.WireWriter;

/**
 * The first word of each side.
 *
 * <p>Layout: version:i32, services:u64, time:i64, receiver (services:u64, 16 bytes, port:u16),
 * sender likewise, nonce:u64, user agent, height:i32, relay:u8. Nobody who is reached through an
 * onion address can say where he is, so both addresses are zero.
 *
 * <p>Threads: immutable.
 *
 * @param protocol the newest protocol it speaks
 * @param services bits of what it offers
 * @param timeSeconds its clock, since 1970
 * @param nonce by which it knows itself again
 * @param userAgent at most 256 bytes
 * @param height of its chain
 * @param relay whether it wants transactions announced (BIP 37)
 */
public record VersionMessage(
    int protocol,
    long services,
    long timeSeconds,
    long nonce,
    String userAgent,
    int height,
    boolean relay)
    implements Message {
  /** The protocol we speak: wtxid relay. */
  public static final int PROTOCOL = 70_016;

  /** Serves the whole chain. */
  public static final long NETWORK = 1;

  /** Answers filters (BIP 37). */
  public static final long BLOOM = 1 << 2;

  /** Serves witnesses. */
  public static final long WITNESS = 1 << 3;

  /** Serves the last 288 blocks. */
  public static final long NETWORK_LIMITED = 1 << 10;

  private static final int ADDRESS_LENGTH = 8 + 16 + 2;
  private static final int MAX_USER_AGENT = 256;

  static VersionMessage decode(WireReader in) throws MalformedException {
    int protocol = in.i32();
    long services = in.i64();
    long time = in.i64();
    in.bytes(ADDRESS_LENGTH);
    in.bytes(ADDRESS_LENGTH);
    long nonce = in.i64();
    Bytes agent = in.string();
    if (agent.length() > MAX_USER_AGENT) {
      throw new MalformedException("user agent is too long");
    }
    int height = in.i32();
    boolean relay = in.remaining() == 0 || in.u8() != 0;
    // Later protocols may append; what is not known is passed over.
    in.bytes(in.remaining());
    return new VersionMessage(
        protocol,
        services,
        time,
        nonce,
        new String(agent.toArray(), StandardCharsets.ISO_8859_1),
        height,
        relay);
  }

  @Override
  public String command() {
    return "version";
  }

  @Override
  public void encode(WireWriter out) {
    out.u32(protocol).i64(services).i64(timeSeconds);
    out.i64(0).bytes(new byte[ADDRESS_LENGTH - 8]);
    out.i64(services).bytes(new byte[ADDRESS_LENGTH - 8]);
    out.i64(nonce).string(userAgent.getBytes(StandardCharsets.ISO_8859_1));
    out.u32(height).u8(relay ? 1 : 0);
  }
}
