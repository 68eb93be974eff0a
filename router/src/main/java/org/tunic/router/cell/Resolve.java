package org.tunic.router.cell;

import java.nio.charset.StandardCharsets;
import org.tunic.crypto.bytes.ByteReader;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.bytes.MalformedException;

/**
 * RESOLVE: asks an exit for a name. {@code host 0}
 *
 * <p>Spec: tor-spec/remote-hostname-lookup
 *
 * <p>Threads: immutable.
 *
 * @param host a host name, or a name under in-addr.arpa or ip6.arpa; US-ASCII
 */
public record Resolve(String host) implements RelayMessage {
  /** Reads a body; the zero may be missing, as C tor allows. */
  public static Resolve decode(ByteReader in) throws MalformedException {
    String host = Begin.terminated(in, true);
    if (host.isEmpty()) {
      throw new MalformedException("RESOLVE without a host");
    }
    return new Resolve(host);
  }

  @Override
  public int command() {
    return RelayCommand.RESOLVE;
  }

  @Override
  public void encode(ByteWriter out) {
    out.bytes(host.getBytes(StandardCharsets.US_ASCII)).u8(0);
  }

  /** Hides the name. */
  @Override
  public String toString() {
    return "Resolve[host]";
  }
}
