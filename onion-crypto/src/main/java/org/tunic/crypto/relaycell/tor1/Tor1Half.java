package org.tunic.crypto.relaycell.tor1;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * One direction of one hop: a key stream, a running digest and the tag of the last cell that
 * counted.
 *
 * <p>The cipher goes from one array to another because SunJCE then takes 45 ns a cell and in place
 * 72. The digest is touched only for cells whose {@code recognized} field is zero after decryption,
 * one in 65536 of those that merely pass. It is cloned before it takes such a cell, so that the
 * running state stays as it was when the digest does not match.
 *
 * <p>Threads: event loop of this direction.
 */
final class Tor1Half {
  /** Bytes of a relay-cell body. */
  static final int BODY_LENGTH = 509;

  /** Bytes of a SENDME tag: the first 20 of the digest, which are all of a SHA-1. */
  static final int TAG_LENGTH = 20;

  private static final int RECOGNIZED = 1;
  private static final int DIGEST = 5;
  private static final int DIGEST_LENGTH = 4;
  private static final int AFTER_DIGEST = DIGEST + DIGEST_LENGTH;
  private static final byte[] ZERO_DIGEST = new byte[DIGEST_LENGTH];

  private final Cipher cipher;
  private final byte[] tag;
  private final byte[] trialTag;
  private MessageDigest running;

  Tor1Half(Tor1Suite suite, byte[] digestSeed, byte[] cipherKey) {
    try {
      cipher = Cipher.getInstance("AES/CTR/NoPadding", "SunJCE");
      cipher.init(
          Cipher.ENCRYPT_MODE,
          new SecretKeySpec(cipherKey, "AES"),
          new IvParameterSpec(new byte[16]));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK has AES-CTR", e);
    }
    running = suite.newDigest();
    running.update(digestSeed);
    tag = new byte[running.getDigestLength()];
    trialTag = new byte[running.getDigestLength()];
  }

  /** Adds or takes off the key stream of one body. */
  @SuppressWarnings("ReferenceEquality") // The same array is what must not come twice.
  void crypt(byte[] in, int inOff, byte[] out, int outOff) {
    assert in != out;
    try {
      cipher.update(in, inOff, BODY_LENGTH, out, outOff);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-CTR keeps the length", e);
    }
  }

  /** Writes the digest of a plain body whose digest field is zero into that field. */
  void seal(byte[] body, int off) {
    assert body[off + DIGEST] == 0
        && body[off + DIGEST + 1] == 0
        && body[off + DIGEST + 2] == 0
        && body[off + DIGEST + 3] == 0;
    running.update(body, off, BODY_LENGTH);
    finishInto(running, tag);
    System.arraycopy(tag, 0, body, off + DIGEST, DIGEST_LENGTH);
  }

  /** Whether a plain body was sealed for this hop; if so, it has entered the running digest. */
  boolean recognise(byte[] body, int off) {
    if ((body[off + RECOGNIZED] | body[off + RECOGNIZED + 1]) != 0) {
      return false;
    }
    MessageDigest trial = copyOf(running);
    trial.update(body, off, DIGEST);
    trial.update(ZERO_DIGEST);
    trial.update(body, off + AFTER_DIGEST, BODY_LENGTH - AFTER_DIGEST);
    finishInto(trial, trialTag);
    int difference = 0;
    for (int i = 0; i < DIGEST_LENGTH; i++) {
      difference |= trialTag[i] ^ body[off + DIGEST + i];
    }
    if (difference != 0) {
      return false;
    }
    running = trial;
    System.arraycopy(trialTag, 0, tag, 0, tag.length);
    return true;
  }

  void copyTag(byte[] into, int off) {
    System.arraycopy(tag, 0, into, off, TAG_LENGTH);
  }

  /** The cipher keeps its expanded key until it is collected; the JDK offers no way to wipe it. */
  void wipe() {
    Arrays.fill(tag, (byte) 0);
    Arrays.fill(trialTag, (byte) 0);
    running.reset();
  }

  private static void finishInto(MessageDigest digest, byte[] out) {
    try {
      copyOf(digest).digest(out, 0, out.length);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the array has the digest's length", e);
    }
  }

  private static MessageDigest copyOf(MessageDigest digest) {
    try {
      return (MessageDigest) digest.clone();
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("digests of the JDK can be cloned", e);
    }
  }
}
