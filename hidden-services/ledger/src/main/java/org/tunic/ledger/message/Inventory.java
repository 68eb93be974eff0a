package org.tunic.ledger.message;

import java.util.ArrayList;
import java.util.List;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.ledger.primitive.Hash256;
import org.tunic.ledger.primitive.WireReader;
import org.tunic.ledger.primitive.WireWriter;

/**
 * Blocks and transactions by their hashes, at most 50,000: what there is, what is asked for, what
 * is not there.
 *
 * <p>Threads: immutable.
 */
public record Inventory(Kind kind, List<Item> items) implements Message {
  static final int MAX = 50_000;
  private static final int ITEM_LENGTH = 36;

  /** Which of the three messages. */
  public enum Kind {
    /** These are there. */
    INV("inv"),
    /** These are asked for. */
    GETDATA("getdata"),
    /** These are not there. */
    NOTFOUND("notfound");

    private final String command;

    Kind(String command) {
      this.command = command;
    }
  }

  /**
   * One block or transaction.
   *
   * @param type one of the constants here, or one nobody knows
   */
  public record Item(int type, Hash256 hash) {
    /** A transaction by the hash without witnesses. */
    public static final int TX = 1;

    /** A block. */
    public static final int BLOCK = 2;

    /** A compact block. */
    public static final int COMPACT_BLOCK = 4;

    /** A transaction by the hash with witnesses (BIP 339). */
    public static final int WTX = 5;

    /** With a type: in the answer witnesses are wanted (BIP 144). */
    public static final int WITNESS_FLAG = 1 << 30;
  }

  /** Copies the list. */
  public Inventory {
    items = List.copyOf(items);
  }

  static Inventory decode(String command, WireReader in) throws MalformedException {
    Kind kind =
        switch (command) {
          case "inv" -> Kind.INV;
          case "getdata" -> Kind.GETDATA;
          default -> Kind.NOTFOUND;
        };
    int count = in.count(ITEM_LENGTH);
    if (count > MAX) {
      throw new MalformedException("too large an inventory");
    }
    List<Item> items = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      items.add(new Item(in.i32(), in.hash()));
    }
    return new Inventory(kind, items);
  }

  @Override
  public String command() {
    return kind.command;
  }

  @Override
  public void encode(WireWriter out) {
    out.compactSize(items.size());
    items.forEach(item -> out.u32(item.type()).hash(item.hash()));
  }
}
