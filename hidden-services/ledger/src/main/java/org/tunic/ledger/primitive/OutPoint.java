package org.tunic.ledger.primitive;

import org.tunic.crypto.bytes.MalformedException;

/**
 * Names an output: the transaction and the position among its outputs.
 *
 * <p>Threads: immutable.
 *
 * @param txid identifier of the transaction, without its witnesses
 * @param index position, 0 to 2^32 - 1
 */
public record OutPoint(Hash256 txid, long index) {
  /** Length in bytes. */
  public static final int LENGTH = 36;

  /** What the input of a coinbase transaction names. */
  public static final OutPoint NONE = new OutPoint(Hash256.ZERO, 0xffff_ffffL);

  /** Reads 36 bytes. */
  public static OutPoint decode(WireReader in) throws MalformedException {
    return new OutPoint(in.hash(), in.u32());
  }

  /** Appends 36 bytes. */
  public void encode(WireWriter out) {
    out.hash(txid).u32(index);
  }

  /** Whether this is {@link #NONE}. */
  public boolean isNone() {
    return index == 0xffff_ffffL && txid.isZero();
  }

  @Override
  public int hashCode() {
    return 31 * txid.hashCode() + Long.hashCode(index);
  }
}
