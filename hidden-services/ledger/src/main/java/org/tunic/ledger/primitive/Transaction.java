package org.tunic.ledger.primitive;

import java.util.ArrayList;
import java.util.List;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;

/**
 * A transaction, with its witnesses and both of its identifiers.
 *
 * <p>Layout without witnesses: version:i32, inputs, outputs, lockTime:u32. With them (BIP 144) a
 * zero byte and a flag of 1 follow the version, and the witness of each input precedes the lock
 * time.
 *
 * <p>Threads: immutable.
 */
public final class Transaction {
  /** Lock times below it are heights, others seconds since 1970. */
  public static final long LOCK_TIME_THRESHOLD = 500_000_000L;

  private static final int WITNESS_FLAG = 1;
  private static final int WITNESS_SCALE = 4;

  private final int version;
  private final List<TxInput> inputs;
  private final List<TxOutput> outputs;
  private final long lockTime;
  private final boolean hasWitness;
  private final Hash256 txid;
  private final Hash256 wtxid;
  private final int strippedLength;
  private final int length;

  /**
   * @param version the bits of the field; BIP 68 compares them unsigned
   * @param lockTime 0 to 2^32 - 1
   */
  public Transaction(int version, List<TxInput> inputs, List<TxOutput> outputs, long lockTime) {
    this.version = version;
    this.inputs = List.copyOf(inputs);
    this.outputs = List.copyOf(outputs);
    this.lockTime = lockTime;
    this.hasWitness = this.inputs.stream().anyMatch(input -> !input.witness().isEmpty());
    this.strippedLength = strippedLengthOf(this.inputs, this.outputs);
    this.length = strippedLength + witnessLength();
    WireWriter stripped = new WireWriter(strippedLength);
    encodeStripped(stripped);
    this.txid = stripped.sha256d();
    if (hasWitness) {
      WireWriter whole = new WireWriter(length);
      encode(whole);
      this.wtxid = whole.sha256d();
    } else {
      this.wtxid = txid;
    }
  }

  /**
   * Reads a transaction, with witnesses if it has them.
   *
   * @throws MalformedException if it is cut, has flags nobody knows, or a witness part without
   *     witnesses
   */
  public static Transaction decode(WireReader in) throws MalformedException {
    int version = in.i32();
    List<TxInput> inputs = decodeInputs(in);
    List<TxOutput> outputs = List.of();
    int flags = 0;
    if (inputs.isEmpty()) {
      flags = in.u8();
      if (flags != 0) {
        inputs = decodeInputs(in);
        outputs = decodeOutputs(in);
      }
    } else {
      outputs = decodeOutputs(in);
    }
    if ((flags & WITNESS_FLAG) != 0) {
      inputs = decodeWitnesses(in, inputs);
    }
    if ((flags & ~WITNESS_FLAG) != 0) {
      throw new MalformedException("unknown part of a transaction");
    }
    return new Transaction(version, inputs, outputs, in.u32());
  }

  /** Reads a transaction that is all of {@code bytes}. */
  public static Transaction decode(byte[] bytes) throws MalformedException {
    WireReader in = new WireReader(bytes);
    Transaction transaction = decode(in);
    in.expectEnd();
    return transaction;
  }

  private static List<TxInput> decodeInputs(WireReader in) throws MalformedException {
    int count = in.count(TxInput.MIN_LENGTH);
    List<TxInput> inputs = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      inputs.add(TxInput.decode(in));
    }
    return inputs;
  }

  private static List<TxOutput> decodeOutputs(WireReader in) throws MalformedException {
    int count = in.count(TxOutput.MIN_LENGTH);
    List<TxOutput> outputs = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      outputs.add(TxOutput.decode(in));
    }
    return outputs;
  }

  private static List<TxInput> decodeWitnesses(WireReader in, List<TxInput> bare)
      throws MalformedException {
    List<TxInput> inputs = new ArrayList<>(bare.size());
    boolean any = false;
    for (TxInput input : bare) {
      int count = in.count(1);
      List<Bytes> stack = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        stack.add(in.string());
      }
      any |= count > 0;
      inputs.add(count == 0 ? input : input.withWitness(stack));
    }
    if (!any) {
      throw new MalformedException("superfluous witness part");
    }
    return inputs;
  }

  /** The field, whose bits BIP 68 compares unsigned. */
  public int version() {
    return version;
  }

  /** What it spends. */
  public List<TxInput> inputs() {
    return inputs;
  }

  /** What it pays. */
  public List<TxOutput> outputs() {
    return outputs;
  }

  /** Height or time before which it is not final, 0 to 2^32 - 1. */
  public long lockTime() {
    return lockTime;
  }

  /** Whether an input has a witness. */
  public boolean hasWitness() {
    return hasWitness;
  }

  /** Double SHA-256 of the bytes without witnesses: what inputs name. */
  public Hash256 txid() {
    return txid;
  }

  /** Double SHA-256 of all bytes: what peers announce. */
  public Hash256 wtxid() {
    return wtxid;
  }

  /** Bytes without witnesses. */
  public int strippedLength() {
    return strippedLength;
  }

  /** Bytes with witnesses. */
  public int length() {
    return length;
  }

  /** Weight of BIP 141: three times the bytes without witnesses and once all bytes. */
  public int weight() {
    return (WITNESS_SCALE - 1) * strippedLength + length;
  }

  /** Weight divided by four, rounded up. */
  public int virtualSize() {
    return (weight() + WITNESS_SCALE - 1) / WITNESS_SCALE;
  }

  /** Whether it creates coins: one input, which names nothing. */
  public boolean isCoinbase() {
    return inputs.size() == 1 && inputs.getFirst().previous().isNone();
  }

  /** Appends the transaction, with witnesses if it has them. */
  public void encode(WireWriter out) {
    if (!hasWitness) {
      encodeStripped(out);
      return;
    }
    out.u32(version).u8(0).u8(WITNESS_FLAG);
    encodeBody(out);
    inputs.forEach(input -> input.encodeWitness(out));
    out.u32(lockTime);
  }

  /** Appends the transaction without witnesses. */
  public void encodeStripped(WireWriter out) {
    out.u32(version);
    encodeBody(out);
    out.u32(lockTime);
  }

  private void encodeBody(WireWriter out) {
    out.compactSize(inputs.size());
    inputs.forEach(input -> input.encode(out));
    out.compactSize(outputs.size());
    outputs.forEach(output -> output.encode(out));
  }

  /** All bytes, with witnesses. */
  public byte[] toArray() {
    WireWriter out = new WireWriter(length);
    encode(out);
    return out.toArray();
  }

  private static int strippedLengthOf(List<TxInput> inputs, List<TxOutput> outputs) {
    int sum = 4 + 4;
    sum += WireWriter.compactSizeLength(inputs.size());
    for (TxInput input : inputs) {
      sum += input.encodedLength();
    }
    sum += WireWriter.compactSizeLength(outputs.size());
    for (TxOutput output : outputs) {
      sum += output.encodedLength();
    }
    return sum;
  }

  private int witnessLength() {
    if (!hasWitness) {
      return 0;
    }
    int sum = 2;
    for (TxInput input : inputs) {
      sum += input.witnessLength();
    }
    return sum;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Transaction that && wtxid.equals(that.wtxid);
  }

  @Override
  public int hashCode() {
    return wtxid.hashCode();
  }

  @Override
  public String toString() {
    return "Transaction[" + txid + "]";
  }
}
