package org.tunic.ledger.primitive;

import java.util.ArrayList;
import java.util.List;
import org.tunic.crypto.bytes.MalformedException;

/**
 * A header and the transactions it commits to.
 *
 * <p>Threads: immutable.
 *
 * @param transactions in order, the coinbase first
 */
public record Block(BlockHeader header, List<Transaction> transactions) {
  /** The fewest bytes of a transaction: version, two empty lists, lock time. */
  private static final int MIN_TRANSACTION_LENGTH = 10;

  /** Copies the list. */
  public Block {
    transactions = List.copyOf(transactions);
  }

  /** Reads a block. */
  public static Block decode(WireReader in) throws MalformedException {
    BlockHeader header = BlockHeader.decode(in);
    int count = in.count(MIN_TRANSACTION_LENGTH);
    List<Transaction> transactions = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      transactions.add(Transaction.decode(in));
    }
    return new Block(header, transactions);
  }

  /** Reads a block that is all of {@code bytes}. */
  public static Block decode(byte[] bytes) throws MalformedException {
    WireReader in = new WireReader(bytes);
    Block block = decode(in);
    in.expectEnd();
    return block;
  }

  /** Name of the block. */
  public Hash256 hash() {
    return header.hash();
  }

  /** Appends header and transactions, with witnesses. */
  public void encode(WireWriter out) {
    header.encode(out);
    out.compactSize(transactions.size());
    transactions.forEach(transaction -> transaction.encode(out));
  }

  /** All bytes, with witnesses. */
  public byte[] toArray() {
    WireWriter out = new WireWriter(length());
    encode(out);
    return out.toArray();
  }

  /** Bytes with witnesses. */
  public int length() {
    int sum = BlockHeader.LENGTH + WireWriter.compactSizeLength(transactions.size());
    for (Transaction transaction : transactions) {
      sum += transaction.length();
    }
    return sum;
  }

  /** Bytes without witnesses. */
  public int strippedLength() {
    int sum = BlockHeader.LENGTH + WireWriter.compactSizeLength(transactions.size());
    for (Transaction transaction : transactions) {
      sum += transaction.strippedLength();
    }
    return sum;
  }

  /** Weight of BIP 141. */
  public long weight() {
    return 3L * strippedLength() + length();
  }
}
