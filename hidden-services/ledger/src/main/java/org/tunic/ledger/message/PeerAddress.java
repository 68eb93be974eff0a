package org.tunic.ledger.message;

import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.ledger.primitive.WireReader;
import org.tunic.ledger.primitive.WireWriter;

/**
 * Where a peer is said to be.
 *
 * <p>Spec: BIP 155
 *
 * <p>Threads: immutable.
 *
 * @param timeSeconds when it was last seen, 0 to 2^32 - 1
 * @param services bits of what it offers
 * @param network which kind of address; {@link #TOR_V3} is the only one we use
 * @param address the bytes, for {@link #TOR_V3} the 32 of the onion service's key
 * @param port 0 to 65535
 */
public record PeerAddress(long timeSeconds, long services, int network, Bytes address, int port) {
  /** An onion service, version 3: its public key alone, without checksum and version. */
  public static final int TOR_V3 = 4;

  static final int MIN_LENGTH = 4 + 1 + 1 + 1 + 2;
  static final int OLD_LENGTH = 4 + 8 + 16 + 2;
  private static final int MAX_ADDRESS = 512;
  private static final int IPV6 = 2;

  /** The length of an address of a network that is known; else 0. */
  private static int length(int network) {
    return switch (network) {
      case 1 -> 4; // IPv4
      case IPV6 -> 16;
      case 3 -> 10; // onion services of version 2, which are gone
      case TOR_V3, 5 -> 32; // 5: I2P
      case 6 -> 16; // CJDNS
      default -> 0;
    };
  }

  static PeerAddress decode(WireReader in) throws MalformedException {
    long time = in.u32();
    long services = in.compactSize();
    int network = in.u8();
    Bytes address = in.string();
    int length = length(network);
    if (address.length() > MAX_ADDRESS || (length != 0 && address.length() != length)) {
      throw new MalformedException("length of an address");
    }
    return new PeerAddress(time, services, network, address, bigEndian(in.u16()));
  }

  void encode(WireWriter out) {
    out.u32(timeSeconds).compactSize(services).u8(network).string(address);
    out.u16(bigEndian(port));
  }

  /** The form of old, which has IPv6 and IPv4 within it only. */
  static PeerAddress decodeOld(WireReader in) throws MalformedException {
    return new PeerAddress(in.u32(), in.i64(), IPV6, in.bytes(16), bigEndian(in.u16()));
  }

  void encodeOld(WireWriter out) {
    out.u32(timeSeconds).i64(services).bytes(address).u16(bigEndian(port));
  }

  private static int bigEndian(int u16) {
    return u16 >>> 8 | (u16 & 0xff) << 8;
  }

  /** The kind only: where a peer is must not get into a log. */
  @Override
  public String toString() {
    return "PeerAddress[network " + network + "]";
  }
}
