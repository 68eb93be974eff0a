package org.tunic.ledger.script;

import java.util.Arrays;
import java.util.List;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.ledger.primitive.Script;
import org.tunic.ledger.primitive.WireWriter;

/**
 * Questions about whole scripts, and the making of small ones.
 *
 * <p>Threads: any, because it has no state.
 */
public final class Scripts {
  /** The most keys of a CHECKMULTISIG, and what one counts for where nobody looks. */
  private static final int MAX_KEYS = 20;

  private Scripts() {}

  /** Whether a script holds nothing but pushes. */
  public static boolean isPushOnly(byte[] script) {
    ScriptParser parser = new ScriptParser(script);
    while (parser.hasNext()) {
      if (!parser.next() || parser.opcode() > Op.SIXTEEN) {
        return false;
      }
    }
    return true;
  }

  /** A push of {@code data} in the form of consensus: by length, never OP_1 to OP_16. */
  public static byte[] push(byte[] data) {
    WireWriter out = new WireWriter(data.length + 5);
    if (data.length < Op.PUSHDATA1) {
      out.u8(data.length);
    } else if (data.length <= 0xff) {
      out.u8(Op.PUSHDATA1).u8(data.length);
    } else if (data.length <= 0xffff) {
      out.u8(Op.PUSHDATA2).u16(data.length);
    } else {
      out.u8(Op.PUSHDATA4).u32(data.length);
    }
    return out.bytes(data).toArray();
  }

  /** A push of a number: one operation from -1 to 16, else its shortest bytes. */
  public static byte[] pushNumber(long value) {
    if (value == 0) {
      return new byte[] {Op.FALSE};
    }
    if (value == -1 || (value >= 1 && value <= 16)) {
      return new byte[] {(byte) (Op.TRUE + value - 1)};
    }
    return push(ScriptNumber.encode(value));
  }

  /** Pays to the key whose HASH160 is given: DUP HASH160 hash EQUALVERIFY CHECKSIG. */
  public static Script payToPublicKeyHash(byte[] hash160) {
    return Script.of(
        new WireWriter(25)
            .u8(Op.DUP)
            .u8(Op.HASH160)
            .string(hash160)
            .u8(Op.EQUALVERIFY)
            .u8(Op.CHECKSIG)
            .toArray());
  }

  /** Pays to the script whose HASH160 is given (BIP 16). */
  public static Script payToScriptHash(byte[] hash160) {
    return Script.of(new WireWriter(23).u8(Op.HASH160).string(hash160).u8(Op.EQUAL).toArray());
  }

  /**
   * Pays to a witness program (BIP 141).
   *
   * @param version 0 to 16
   */
  public static Script payToWitness(int version, byte[] program) {
    return Script.of(
        new WireWriter(42)
            .u8(version == 0 ? Op.FALSE : Op.TRUE + version - 1)
            .string(program)
            .toArray());
  }

  /** An output that carries bytes and can never be spent. */
  public static Script carry(byte[] data) {
    return Script.of(new WireWriter().u8(Op.RETURN).bytes(push(data)).toArray());
  }

  // ---- signature operations

  /**
   * Checks of signatures that a script may ask for.
   *
   * @param accurate whether CHECKMULTISIG counts for its keys where they can be seen, else for 20
   */
  public static int signatureOperations(byte[] script, boolean accurate) {
    ScriptParser parser = new ScriptParser(script);
    int count = 0;
    int last = 0xff;
    while (parser.hasNext() && parser.next()) {
      int opcode = parser.opcode();
      if (opcode == Op.CHECKSIG || opcode == Op.CHECKSIGVERIFY) {
        count++;
      } else if (opcode == Op.CHECKMULTISIG || opcode == Op.CHECKMULTISIGVERIFY) {
        boolean seen = accurate && last >= Op.TRUE && last <= Op.SIXTEEN;
        count += seen ? last - Op.TRUE + 1 : MAX_KEYS;
      }
      last = opcode;
    }
    return count;
  }

  /** Those of the script that {@code scriptSig} hands to a pay-to-script-hash output. */
  public static int scriptHashOperations(Script scriptPubKey, Script scriptSig) {
    if (!scriptPubKey.isPayToScriptHash()) {
      return 0;
    }
    byte[] code = scriptSig.toArray();
    return isPushOnly(code) ? signatureOperations(lastPush(code), true) : 0;
  }

  /** Those of a version 0 witness program, bare or behind pay-to-script-hash. */
  public static int witnessOperations(Script scriptPubKey, Script scriptSig, List<Bytes> witness) {
    if (scriptPubKey.isWitnessProgram()) {
      return programOperations(scriptPubKey, witness);
    }
    byte[] code = scriptSig.toArray();
    if (scriptPubKey.isPayToScriptHash() && isPushOnly(code)) {
      Script inner = Script.of(lastPush(code));
      return inner.isWitnessProgram() ? programOperations(inner, witness) : 0;
    }
    return 0;
  }

  private static int programOperations(Script program, List<Bytes> witness) {
    if (program.witnessVersion() != 0) {
      return 0;
    }
    return switch (program.length() - 2) {
      case 20 -> 1;
      case 32 -> witness.isEmpty() ? 0 : signatureOperations(witness.getLast().toArray(), true);
      default -> 0;
    };
  }

  private static byte[] lastPush(byte[] pushes) {
    ScriptParser parser = new ScriptParser(pushes);
    byte[] last = new byte[0];
    while (parser.hasNext() && parser.next()) {
      last = parser.isPush() ? parser.data() : new byte[0];
    }
    return last;
  }

  // ---- what signatures of old do to the script they sign

  /** {@code script} without any operation that is, byte for byte, {@code wanted}. */
  static byte[] findAndDelete(byte[] script, byte[] wanted) {
    if (wanted.length == 0) {
      return script;
    }
    WireWriter out = new WireWriter(script.length);
    ScriptParser parser = new ScriptParser(script);
    int from = 0;
    int at = 0;
    int kept = 0;
    while (true) {
      out.bytes(script, from, at - from);
      kept += at - from;
      while (script.length - at >= wanted.length
          && Arrays.equals(script, at, at + wanted.length, wanted, 0, wanted.length)) {
        at += wanted.length;
      }
      from = at;
      parser.seek(at);
      if (!parser.hasNext() || !parser.next()) {
        break;
      }
      at = parser.position();
    }
    out.bytes(script, from, script.length - from);
    kept += script.length - from;
    return kept == script.length ? script : out.toArray();
  }

  /** {@code script} without CODESEPARATOR. */
  static byte[] withoutCodeSeparators(byte[] script) {
    boolean any = false;
    for (byte b : script) {
      any |= (b & 0xff) == Op.CODESEPARATOR;
    }
    if (!any) {
      return script;
    }
    WireWriter out = new WireWriter(script.length);
    ScriptParser parser = new ScriptParser(script);
    int from = 0;
    while (parser.hasNext() && parser.next()) {
      if (parser.opcode() == Op.CODESEPARATOR) {
        out.bytes(script, from, parser.position() - 1 - from);
        from = parser.position();
      }
    }
    return out.bytes(script, from, script.length - from).toArray();
  }
}
