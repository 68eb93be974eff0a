package org.tunic.ledger.message;

import java.util.ArrayList;
import java.util.List;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.ledger.primitive.BlockHeader;
import org.tunic.ledger.primitive.WireReader;
import org.tunic.ledger.primitive.WireWriter;

/**
 * Headers, at most 2000, each followed by a zero where a block has the number of its transactions.
 *
 * <p>Threads: immutable.
 */
public record Headers(List<BlockHeader> headers) implements Message {
  /** The most of one message; so many mean that there are more. */
  public static final int MAX = 2000;

  /** Copies the list. */
  public Headers {
    headers = List.copyOf(headers);
  }

  static Headers decode(WireReader in) throws MalformedException {
    int count = in.count(BlockHeader.LENGTH + 1);
    if (count > MAX) {
      throw new MalformedException("too many headers");
    }
    List<BlockHeader> headers = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      headers.add(BlockHeader.decode(in));
      if (in.compactSize() != 0) {
        throw new MalformedException("transactions behind a header");
      }
    }
    return new Headers(headers);
  }

  @Override
  public String command() {
    return "headers";
  }

  @Override
  public void encode(WireWriter out) {
    out.compactSize(headers.size());
    for (BlockHeader header : headers) {
      header.encode(out);
      out.u8(0);
    }
  }
}
