package org.tunic.ledger.primitive;

import org.tunic.crypto.bytes.MalformedException;

/**
 * The 80 bytes that are hashed for the proof of work.
 *
 * <p>Layout: version:i32, previous:32, merkleRoot:32, time:u32, bits:u32, nonce:u32.
 *
 * <p>Threads: immutable.
 */
public final class BlockHeader {
  /** Length in bytes. */
  public static final int LENGTH = 80;

  private final int version;
  private final Hash256 previous;
  private final Hash256 merkleRoot;
  private final long timeSeconds;
  private final int bits;
  private final int nonce;
  private final Hash256 hash;

  /**
   * @param timeSeconds since 1970, 0 to 2^32 - 1
   * @param bits the target in compact form
   */
  public BlockHeader(
      int version, Hash256 previous, Hash256 merkleRoot, long timeSeconds, int bits, int nonce) {
    this.version = version;
    this.previous = previous;
    this.merkleRoot = merkleRoot;
    this.timeSeconds = timeSeconds;
    this.bits = bits;
    this.nonce = nonce;
    WireWriter out = new WireWriter(LENGTH);
    encode(out);
    this.hash = out.sha256d();
  }

  /** Reads 80 bytes. */
  public static BlockHeader decode(WireReader in) throws MalformedException {
    return new BlockHeader(in.i32(), in.hash(), in.hash(), in.u32(), in.i32(), in.i32());
  }

  /** The same with another nonce. */
  public BlockHeader withNonce(int other) {
    return new BlockHeader(version, previous, merkleRoot, timeSeconds, bits, other);
  }

  /** Appends 80 bytes. */
  public void encode(WireWriter out) {
    out.u32(version).hash(previous).hash(merkleRoot).u32(timeSeconds).u32(bits).u32(nonce);
  }

  /** The 80 bytes. */
  public byte[] toArray() {
    WireWriter out = new WireWriter(LENGTH);
    encode(out);
    return out.toArray();
  }

  /** Version, or bits that signal rules (BIP 9). */
  public int version() {
    return version;
  }

  /** Name of the block before. */
  public Hash256 previous() {
    return previous;
  }

  /** Root of the tree over the identifiers of the transactions. */
  public Hash256 merkleRoot() {
    return merkleRoot;
  }

  /** Seconds since 1970 as the miner says, 0 to 2^32 - 1. */
  public long timeSeconds() {
    return timeSeconds;
  }

  /** The target in compact form. */
  public int bits() {
    return bits;
  }

  /** What the miner tried. */
  public int nonce() {
    return nonce;
  }

  /** Double SHA-256 of the 80 bytes: the name of the block, whatever its proof of work. */
  public Hash256 hash() {
    return hash;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof BlockHeader that && hash.equals(that.hash);
  }

  @Override
  public int hashCode() {
    return hash.hashCode();
  }

  @Override
  public String toString() {
    return "BlockHeader[" + hash + "]";
  }
}
