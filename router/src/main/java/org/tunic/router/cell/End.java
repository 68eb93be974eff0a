package org.tunic.router.cell;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.bytes.ByteReader;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.bytes.MalformedException;

/**
 * END: a stream is over. {@code reason:u8}, for EXITPOLICY then optionally {@code address:4|16
 * ttl:u32}.
 *
 * <p>Spec: tor-spec/closing-streams
 *
 * <p>Threads: immutable.
 *
 * @param reason why
 * @param address with EXITPOLICY what the policy forbade, or null
 * @param ttlSeconds with an address how long it may be remembered
 */
public record End(EndReason reason, @Nullable InetAddress address, long ttlSeconds)
    implements RelayMessage {
  /** An END without an address. */
  public End(EndReason reason) {
    this(reason, null, 0);
  }

  /** Reads a body; an empty one counts as MISC. */
  public static End decode(ByteReader in) throws MalformedException {
    if (in.remaining() == 0) {
      return new End(EndReason.MISC);
    }
    EndReason reason = new EndReason(in.u8());
    if (!reason.equals(EndReason.EXITPOLICY)) {
      return new End(reason);
    }
    // C tor: fewer than 4 bytes are no address, 20 and more are an IPv6 one; the TTL may be
    // missing.
    int size = in.remaining() >= 20 ? 16 : in.remaining() >= 4 ? 4 : 0;
    if (size == 0) {
      return new End(reason);
    }
    InetAddress address = Connected.inet(in.array(size));
    return new End(reason, address, in.remaining() >= 4 ? in.u32() : 0);
  }

  @Override
  public int command() {
    return RelayCommand.END;
  }

  @Override
  public void encode(ByteWriter out) {
    out.u8(reason.code());
    if (address != null) {
      out.bytes(address.getAddress()).u32(ttlSeconds);
    }
  }

  /** Hides the address. */
  @Override
  public String toString() {
    return "End[" + reason + "]";
  }
}
