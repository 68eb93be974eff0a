package org.tunic.ledger.script;

import java.util.Arrays;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.ledger.curve.Curve;
import org.tunic.ledger.primitive.Transaction;
import org.tunic.ledger.primitive.TxInput;
import org.tunic.ledger.primitive.WireWriter;

/**
 * One input of a transaction, as the operations that look at it see it: signatures and lock times.
 *
 * <p>Threads: immutable.
 *
 * @param index of the input
 */
record InputContext(Curve curve, SignatureHashes hashes, int index) {
  private static final long SEQUENCE_DISABLE = 1L << 31;
  private static final long SEQUENCE_TYPE = 1L << 22;
  private static final long SEQUENCE_MASK = SEQUENCE_TYPE | 0xffff;

  private TxInput input() {
    return hashes.transaction().inputs().get(index);
  }

  boolean checkEcdsa(byte[] signature, byte[] publicKey, byte[] scriptCode, boolean segwit) {
    if (signature.length == 0) {
      return false;
    }
    int hashType = signature[signature.length - 1] & 0xff;
    byte[] hash =
        segwit
            ? hashes.segwit(index, scriptCode, hashType)
            : hashes.legacy(index, scriptCode, hashType);
    byte[] der = Arrays.copyOf(signature, signature.length - 1);
    return curve.verifyEcdsa(der, hash, publicKey);
  }

  void checkSchnorr(byte[] signature, byte[] key, SignatureHashes.TaprootContext context)
      throws ScriptException {
    if (signature.length != 64 && signature.length != 65) {
      throw new ScriptException(ScriptError.SCHNORR_SIG_SIZE);
    }
    int hashType = SignatureHashes.DEFAULT;
    byte[] bare = signature;
    if (signature.length == 65) {
      hashType = signature[64] & 0xff;
      if (hashType == SignatureHashes.DEFAULT) {
        throw new ScriptException(ScriptError.SCHNORR_SIG_HASHTYPE);
      }
      bare = Arrays.copyOf(signature, 64);
    }
    byte[] hash = hashes.taproot(index, hashType, context);
    if (!curve.verifySchnorr(bare, hash, key)) {
      throw new ScriptException(ScriptError.SCHNORR_SIG);
    }
  }

  /** BIP 65. */
  boolean isLockTimeReached(long wanted) {
    long lockTime = hashes.transaction().lockTime();
    boolean sameKind =
        (lockTime < Transaction.LOCK_TIME_THRESHOLD) == (wanted < Transaction.LOCK_TIME_THRESHOLD);
    return sameKind && wanted <= lockTime && input().sequence() != TxInput.FINAL;
  }

  /** Whether BIP 112 ignores {@code wanted}. */
  static boolean isSequenceDisabled(long wanted) {
    return (wanted & SEQUENCE_DISABLE) != 0;
  }

  /** BIP 112. */
  boolean isSequenceReached(long wanted) {
    long sequence = input().sequence();
    if (Integer.compareUnsigned(hashes.transaction().version(), 2) < 0
        || isSequenceDisabled(sequence)) {
      return false;
    }
    long has = sequence & SEQUENCE_MASK;
    long needs = wanted & SEQUENCE_MASK;
    return (has < SEQUENCE_TYPE) == (needs < SEQUENCE_TYPE) && needs <= has;
  }

  /** Hash of the annex as BIP 341 signs it: with its length. */
  static Bytes annexHash(Bytes annex) {
    return Bytes.copyOf(new WireWriter(annex.length() + 9).string(annex).sha256());
  }
}
