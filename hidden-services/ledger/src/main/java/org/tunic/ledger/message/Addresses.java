package org.tunic.ledger.message;

import java.util.ArrayList;
import java.util.List;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.ledger.primitive.WireReader;
import org.tunic.ledger.primitive.WireWriter;

/**
 * Where peers are said to be, at most 1000 of them.
 *
 * <p>Spec: BIP 155
 *
 * <p>Threads: immutable.
 *
 * @param isNew whether in the form of BIP 155
 */
public record Addresses(boolean isNew, List<PeerAddress> addresses) implements Message {
  static final int MAX = 1000;

  /** Copies the list. */
  public Addresses {
    addresses = List.copyOf(addresses);
  }

  static Addresses decode(String command, WireReader in) throws MalformedException {
    boolean isNew = command.equals("addrv2");
    int count = in.count(isNew ? PeerAddress.MIN_LENGTH : PeerAddress.OLD_LENGTH);
    if (count > MAX) {
      throw new MalformedException("too many addresses");
    }
    List<PeerAddress> addresses = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      addresses.add(isNew ? PeerAddress.decode(in) : PeerAddress.decodeOld(in));
    }
    return new Addresses(isNew, addresses);
  }

  @Override
  public String command() {
    return isNew ? "addrv2" : "addr";
  }

  @Override
  public void encode(WireWriter out) {
    out.compactSize(addresses.size());
    for (PeerAddress address : addresses) {
      if (isNew) {
        address.encode(out);
      } else {
        address.encodeOld(out);
      }
    }
  }
}
