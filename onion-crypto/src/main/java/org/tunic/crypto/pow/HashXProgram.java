package org.tunic.crypto.pow;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.crypto.digests.Blake2bDigest;

/**
 * A HashX function: 512 instructions over eight registers of 64 bits, made from a seed, that turn a
 * number into another.
 *
 * <p>{@link #hash} walks the program for one input: right for the eight hashes of a verification,
 * and the oracle for {@link HashXBatch}, which walks it for many inputs at once.
 *
 * <p>Spec: hspow-spec/v1-equix (HashX as its reference implementation has it)
 *
 * <p>Threads: immutable once made.
 */
final class HashXProgram {
  /** Instructions of every program. */
  static final int SIZE = 512;

  private static final int KEY_BYTES = 32;
  private static final byte[] SALT =
      Arrays.copyOf("HashX v1".getBytes(StandardCharsets.US_ASCII), 16);

  /** By instruction: what, where to, where from (-1 without), the constant. */
  final HashXOp[] ops = new HashXOp[SIZE];

  final byte[] destinations = new byte[SIZE];
  final byte[] sources = new byte[SIZE];
  final int[] immediates = new int[SIZE];
  final SipKey inputKey;
  private int size;

  HashXProgram(SipKey inputKey) {
    this.inputKey = inputKey;
  }

  /** The function of {@code seed}; empty for the few seeds that have none. */
  static Optional<HashXProgram> of(byte[] seed) {
    Blake2bDigest digest = new Blake2bDigest(null, 2 * KEY_BYTES, SALT, null);
    digest.update(seed, 0, seed.length);
    byte[] keys = new byte[2 * KEY_BYTES];
    digest.doFinal(keys, 0);
    return HashXGenerator.generate(SipKey.of(keys, 0), SipKey.of(keys, KEY_BYTES));
  }

  boolean isFull() {
    return size == SIZE;
  }

  void add(HashXOp op, int destination, int source, int immediate) {
    ops[size] = op;
    destinations[size] = (byte) destination;
    sources[size] = (byte) source;
    immediates[size] = immediate;
    size++;
  }

  /** The hash of {@code input}. */
  long hash(long input) {
    long[] r = new long[8];
    inputKey.fill(input, r);
    run(r);
    return inputKey.finish(r);
  }

  /** A program jumps back at most once, and never again after that. */
  private void run(long[] r) {
    int target = 0;
    boolean mayJump = true;
    int result = 0;
    for (int at = 0; at < SIZE; at++) {
      if (ops[at] == HashXOp.TARGET) {
        target = at;
      } else if (ops[at] == HashXOp.BRANCH) {
        if (mayJump && (result & immediates[at]) == 0) {
          at = target;
          mayJump = false;
        }
      } else {
        result = step(r, at, result);
      }
    }
  }

  /** Runs the instructions from {@code from} to before {@code to}, among which no branch is. */
  int runStraight(long[] r, int from, int to, int result) {
    int last = result;
    for (int at = from; at < to; at++) {
      last = step(r, at, last);
    }
    return last;
  }

  /** One instruction; returns the low half of the last wide multiplication's result. */
  private int step(long[] r, int at, int result) {
    int d = destinations[at];
    int immediate = immediates[at];
    switch (ops[at]) {
      case UMULH -> {
        r[d] = Math.unsignedMultiplyHigh(r[d], r[sources[at]]);
        return (int) r[d];
      }
      case SMULH -> {
        r[d] = Math.multiplyHigh(r[d], r[sources[at]]);
        return (int) r[d];
      }
      case MUL -> r[d] *= r[sources[at]];
      case SUB -> r[d] -= r[sources[at]];
      case XOR -> r[d] ^= r[sources[at]];
      case ADD_SHIFTED -> r[d] += r[sources[at]] << immediate;
      case ROTATE -> r[d] = Long.rotateRight(r[d], immediate);
      case ADD_CONSTANT -> r[d] += immediate;
      case XOR_CONSTANT -> r[d] ^= immediate;
      case TARGET, BRANCH -> throw new IllegalStateException("not a step of its own");
    }
    return result;
  }
}
