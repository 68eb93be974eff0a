package org.tunic.ledger.message;

import java.util.ArrayList;
import java.util.List;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.digest.SipHash24;
import org.tunic.ledger.primitive.Block;
import org.tunic.ledger.primitive.BlockHeader;
import org.tunic.ledger.primitive.Transaction;
import org.tunic.ledger.primitive.WireReader;
import org.tunic.ledger.primitive.WireWriter;

/**
 * A block whose transactions are named by 48 bits each, but for those that the receiver cannot
 * have.
 *
 * <p>The names are SipHash-2-4 of the hash with witnesses, under a key from header and nonce, so
 * that nobody can prepare transactions whose names collide.
 *
 * <p>Spec: BIP 152, version 2
 *
 * <p>Threads: immutable.
 *
 * @param shortIds of the transactions left out, 48 bits each, in order
 * @param prefilled the others, with their positions, in order
 */
public record CompactBlock(
    BlockHeader header, long nonce, List<Long> shortIds, List<Prefilled> prefilled)
    implements Message {
  private static final int SHORT_ID_LENGTH = 6;
  private static final int MIN_PREFILLED = 1 + 10;

  /** Positions are counted in 16 bits. */
  static final int MAX_TRANSACTIONS = 0xffff;

  /**
   * A transaction that is sent whole.
   *
   * @param position in the block
   */
  public record Prefilled(int position, Transaction transaction) {}

  /** Copies the lists. */
  public CompactBlock {
    shortIds = List.copyOf(shortIds);
    prefilled = List.copyOf(prefilled);
  }

  /** Of {@code block}, with the coinbase alone sent whole. */
  public static CompactBlock of(Block block, long nonce) {
    ShortIds names = new ShortIds(block.header(), nonce);
    List<Long> ids = new ArrayList<>();
    block.transactions().stream().skip(1).forEach(tx -> ids.add(names.of(tx)));
    return new CompactBlock(
        block.header(), nonce, ids, List.of(new Prefilled(0, block.transactions().getFirst())));
  }

  static CompactBlock decode(WireReader in) throws MalformedException {
    BlockHeader header = BlockHeader.decode(in);
    long nonce = in.i64();
    int count = in.count(SHORT_ID_LENGTH);
    List<Long> ids = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      ids.add(in.u32() | (long) in.u16() << 32);
    }
    int whole = in.count(MIN_PREFILLED);
    int all = count + whole;
    if (all == 0 || all > MAX_TRANSACTIONS) {
      throw new MalformedException("number of transactions");
    }
    List<Prefilled> prefilled = new ArrayList<>(whole);
    int position = -1;
    for (int i = 0; i < whole; i++) {
      position = Differences.next(position, in, all);
      prefilled.add(new Prefilled(position, Transaction.decode(in)));
    }
    return new CompactBlock(header, nonce, ids, prefilled);
  }

  @Override
  public String command() {
    return "cmpctblock";
  }

  @Override
  public void encode(WireWriter out) {
    header.encode(out);
    out.i64(nonce).compactSize(shortIds.size());
    shortIds.forEach(id -> out.u32(id).u16((int) (id >>> 32)));
    out.compactSize(prefilled.size());
    int last = -1;
    for (Prefilled each : prefilled) {
      out.compactSize(each.position() - last - 1L);
      each.transaction().encode(out);
      last = each.position();
    }
  }

  /** Transactions of the block. */
  public int count() {
    return shortIds.size() + prefilled.size();
  }

  /**
   * The names of transactions in one compact block.
   *
   * <p>Threads: one.
   */
  public static final class ShortIds {
    private final SipHash24 hash;

    /** Those under the key of {@code header} and {@code nonce}. */
    public ShortIds(BlockHeader header, long nonce) {
      WireWriter out = new WireWriter(BlockHeader.LENGTH + 8);
      header.encode(out);
      this.hash = new SipHash24(out.i64(nonce).sha256());
    }

    /** The name of {@code transaction}, 48 bits. */
    public long of(Transaction transaction) {
      return hash.of(transaction.wtxid().toArray()) & 0xffff_ffff_ffffL;
    }
  }
}
