package org.tunic.router.cell;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tunic.crypto.bytes.ByteReader;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;

/**
 * NETINFO: clock and addresses. {@code time:u32 other:address n:u8 address…}, an address being
 * {@code type:u8 length:u8 value}.
 *
 * <p>Spec: tor-spec/negotiating-channels#NETINFO-cells
 *
 * <p>Threads: immutable.
 *
 * @param time seconds since 1970 by the sender's clock; clients send 0
 * @param other the address at which the sender sees the receiver
 * @param mine the sender's own addresses; none for a client
 */
public record NetInfo(long time, Address other, List<Address> mine) implements ChannelMessage {
  /** Addresses a sender may name: what fits into the cell. */
  public static final int MAX_ADDRESSES = 24;

  /**
   * An address, of a known type or not.
   *
   * @param type 4 for IPv4 (4 bytes), 6 for IPv6 (16 bytes)
   * @param value in network order
   */
  public record Address(int type, Bytes value) {
    private static final int IPV4 = 4;
    private static final int IPV6 = 6;

    /** The form for the wire of an IP address. */
    public static Address of(InetAddress address) {
      byte[] value = address.getAddress();
      return new Address(value.length == 4 ? IPV4 : IPV6, Bytes.copyOf(value));
    }

    /** The IP address, empty if type and length do not go together. */
    public Optional<InetAddress> inet() {
      if (!(type == IPV4 && value.length() == 4) && !(type == IPV6 && value.length() == 16)) {
        return Optional.empty();
      }
      try {
        return Optional.of(InetAddress.getByAddress(value.toArray()));
      } catch (UnknownHostException e) {
        return Optional.empty();
      }
    }

    static Address decode(ByteReader in) throws MalformedException {
      return new Address(in.u8(), in.bytes(in.u8()));
    }

    void encode(ByteWriter out) {
      out.u8(type).u8(value.length()).bytes(value);
    }

    /** Hides the address: it may be a client's. */
    @Override
    public String toString() {
      return "[address]";
    }
  }

  /** Copies the list. */
  public NetInfo {
    mine = List.copyOf(mine);
  }

  static NetInfo decode(ByteReader in) throws MalformedException {
    long time = in.u32();
    Address other = Address.decode(in);
    int count = in.u8();
    List<Address> mine = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      mine.add(Address.decode(in));
    }
    return new NetInfo(time, other, mine);
  }

  @Override
  public CellCommand command() {
    return CellCommand.NETINFO;
  }

  @Override
  public void encode(ByteWriter out) {
    out.u32(time);
    other.encode(out);
    out.u8(mine.size());
    mine.forEach(address -> address.encode(out));
  }
}
