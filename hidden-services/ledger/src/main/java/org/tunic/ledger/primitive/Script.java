package org.tunic.ledger.primitive;

import java.util.Arrays;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.Hex;
import org.tunic.crypto.bytes.MalformedException;

/**
 * The bytes of a script, whether or not they make sense.
 *
 * <p>Threads: immutable.
 */
public final class Script {
  /** No bytes. */
  public static final Script EMPTY = new Script(new byte[0]);

  private static final int OP_HASH160 = 0xa9;
  private static final int OP_EQUAL = 0x87;
  private static final int OP_1 = 0x51;
  private static final int OP_16 = 0x60;

  private final byte[] code;

  private Script(byte[] owned) {
    this.code = owned;
  }

  /** A copy of all of {@code code}. */
  public static Script of(byte[] code) {
    return code.length == 0 ? EMPTY : new Script(code.clone());
  }

  /** The same bytes. */
  public static Script of(Bytes code) {
    return code.length() == 0 ? EMPTY : new Script(code.toArray());
  }

  /** Reads hexadecimal digits. */
  public static Script fromHex(String hex) throws MalformedException {
    return new Script(Hex.decode(hex));
  }

  static Script decode(WireReader in) throws MalformedException {
    int length = in.count(1);
    return length == 0 ? EMPTY : new Script(in.array(length));
  }

  /** Length in bytes. */
  public int length() {
    return code.length;
  }

  /** The byte at {@code index}, 0 to 255. */
  public int at(int index) {
    return code[index] & 0xff;
  }

  /** A fresh copy. */
  public byte[] toArray() {
    return code.clone();
  }

  /** {@code length} bytes from {@code offset}. */
  public Bytes slice(int offset, int length) {
    return Bytes.copyOf(code, offset, length);
  }

  /** Appends the length as a CompactSize, then the bytes. */
  public void encode(WireWriter out) {
    out.string(code);
  }

  /** Bytes {@link #encode} takes. */
  public int encodedLength() {
    return WireWriter.compactSizeLength(code.length) + code.length;
  }

  /** Whether this is {@code OP_HASH160 <20 bytes> OP_EQUAL}, the one form of BIP 16. */
  public boolean isPayToScriptHash() {
    return code.length == 23 && at(0) == OP_HASH160 && at(1) == 20 && at(22) == OP_EQUAL;
  }

  /** Whether this is a version and one push of 2 to 40 bytes, the one form of BIP 141. */
  public boolean isWitnessProgram() {
    return code.length >= 4
        && code.length <= 42
        && (at(0) == 0 || (at(0) >= OP_1 && at(0) <= OP_16))
        && at(1) + 2 == code.length;
  }

  /** Version of a witness program, 0 to 16. */
  public int witnessVersion() {
    return at(0) == 0 ? 0 : at(0) - OP_1 + 1;
  }

  /** The 2 to 40 bytes of a witness program. */
  public byte[] witnessProgram() {
    return Arrays.copyOfRange(code, 2, code.length);
  }

  /** Whether nothing can ever spend an output with this script: OP_RETURN first, or too long. */
  public boolean isUnspendable() {
    return (code.length > 0 && at(0) == 0x6a) || code.length > 10_000;
  }

  /** Lower-case hexadecimal. */
  public String hex() {
    return Hex.encode(code);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Script that && Arrays.equals(code, that.code);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(code);
  }

  /** The length only; a script holds what an address says. */
  @Override
  public String toString() {
    return "Script[" + code.length + "]";
  }
}
