package org.tunic.router.cell;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.bytes.ByteReader;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.bytes.MalformedException;

/**
 * CONNECTED: a stream is open. Empty (for BEGIN_DIR), {@code ipv4:4 ttl:u32}, or {@code 0:4 6:u8
 * ipv6:16 ttl:u32}.
 *
 * <p>Spec: tor-spec/opening-streams
 *
 * <p>Threads: immutable.
 *
 * @param address what the exit connected to, or null
 * @param ttlSeconds how long the name may be remembered; 0 when not said
 */
public record Connected(@Nullable InetAddress address, long ttlSeconds) implements RelayMessage {
  private static final int IPV6_TYPE = 6;

  /** The empty form. */
  public static final Connected WITHOUT_ADDRESS = new Connected(null, 0);

  /** What the exit connected to. */
  public Optional<InetAddress> target() {
    return Optional.ofNullable(address);
  }

  /** Reads a body. */
  public static Connected decode(ByteReader in) throws MalformedException {
    if (in.remaining() == 0) {
      return WITHOUT_ADDRESS;
    }
    byte[] ipv4 = in.array(4);
    boolean long6 = (ipv4[0] | ipv4[1] | ipv4[2] | ipv4[3]) == 0 && in.remaining() > 4;
    if (!long6) {
      return new Connected(inet(ipv4), in.remaining() >= 4 ? in.u32() : 0);
    }
    if (in.u8() != IPV6_TYPE) {
      throw new MalformedException("CONNECTED with an unknown address type");
    }
    return new Connected(inet(in.array(16)), in.u32());
  }

  static InetAddress inet(byte[] address) throws MalformedException {
    try {
      return InetAddress.getByAddress(address);
    } catch (UnknownHostException e) {
      throw new MalformedException("address of an unknown length");
    }
  }

  @Override
  public int command() {
    return RelayCommand.CONNECTED;
  }

  @Override
  public void encode(ByteWriter out) {
    if (address == null) {
      return;
    }
    byte[] value = address.getAddress();
    if (value.length == 16) {
      out.u32(0).u8(IPV6_TYPE);
    }
    out.bytes(value).u32(ttlSeconds);
  }

  /** Hides the address. */
  @Override
  public String toString() {
    return "Connected[address]";
  }
}
