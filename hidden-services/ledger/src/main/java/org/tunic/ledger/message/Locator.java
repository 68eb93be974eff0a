package org.tunic.ledger.message;

import java.util.ArrayList;
import java.util.List;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.ledger.primitive.Hash256;
import org.tunic.ledger.primitive.WireReader;
import org.tunic.ledger.primitive.WireWriter;

/**
 * Asks for what follows the last block that both have.
 *
 * <p>Threads: immutable.
 *
 * @param wantsHeaders whether headers are wanted, else an inventory of blocks
 * @param protocol of the sender; nobody looks at it
 * @param hashes of its chain, the newest first, at most 101
 * @param stop the last that is wanted; zero for as many as go into an answer
 */
public record Locator(boolean wantsHeaders, int protocol, List<Hash256> hashes, Hash256 stop)
    implements Message {
  static final int MAX = 101;

  /** Copies the list. */
  public Locator {
    hashes = List.copyOf(hashes);
  }

  static Locator decode(String command, WireReader in) throws MalformedException {
    int protocol = in.i32();
    int count = in.count(Hash256.LENGTH);
    if (count > MAX) {
      throw new MalformedException("too long a locator");
    }
    List<Hash256> hashes = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      hashes.add(in.hash());
    }
    return new Locator(command.equals("getheaders"), protocol, hashes, in.hash());
  }

  @Override
  public String command() {
    return wantsHeaders ? "getheaders" : "getblocks";
  }

  @Override
  public void encode(WireWriter out) {
    out.u32(protocol).compactSize(hashes.size());
    hashes.forEach(out::hash);
    out.hash(stop);
  }
}
