package org.tunic.ledger.consensus;

import org.tunic.crypto.bytes.MalformedException;
import org.tunic.ledger.primitive.Script;
import org.tunic.ledger.primitive.TxOutput;
import org.tunic.ledger.primitive.WireReader;
import org.tunic.ledger.primitive.WireWriter;

/**
 * An output that can be spent, with what the rules ask of it.
 *
 * <p>Layout on disk: CompactSize of height times two plus one for new coins, CompactSize of the
 * amount, the script without a length.
 *
 * <p>Threads: immutable.
 *
 * @param height of the block that made it
 * @param coinbase whether it is new coins, which ripen
 */
public record Coin(TxOutput output, int height, boolean coinbase) {
  /** The bytes on disk. */
  public byte[] toArray() {
    Script script = output.scriptPubKey();
    WireWriter out = new WireWriter(14 + script.length());
    return out.compactSize(code())
        .compactSize(output.amountSat())
        .bytes(script.toArray())
        .toArray();
  }

  /** Appends the coin with the length of its script. */
  public void encode(WireWriter out) {
    out.compactSize(code()).compactSize(output.amountSat());
    output.scriptPubKey().encode(out);
  }

  private long code() {
    return 2L * height + (coinbase ? 1 : 0);
  }

  /** Reads what {@link #toArray} made. */
  public static Coin ofArray(byte[] bytes) throws MalformedException {
    WireReader in = new WireReader(bytes);
    long code = in.compactSize();
    long amount = in.compactSize();
    return of(code, new TxOutput(amount, Script.of(in.array(in.remaining()))));
  }

  /** Reads what {@link #encode} made. */
  public static Coin decode(WireReader in) throws MalformedException {
    long code = in.compactSize();
    long amount = in.compactSize();
    return of(code, new TxOutput(amount, Script.of(in.string())));
  }

  private static Coin of(long code, TxOutput output) throws MalformedException {
    if (code < 0 || code >>> 1 > Integer.MAX_VALUE) {
      throw new MalformedException("height of a coin");
    }
    return new Coin(output, (int) (code >>> 1), (code & 1) == 1);
  }
}
