package org.tunic.crypto.pow;

/**
 * Runs a HashX program for {@link #LANES} inputs at once.
 *
 * <p>C tor makes machine code of each program. A JVM could make a class of it, but a program is
 * used for 65536 hashes only, and a class would be interpreted for the first of them and cost a
 * compilation for the others. So the loops are turned inside out: one instruction at a time, for
 * all lanes, in loops that the JIT compiles once and for all and can turn into vector instructions.
 * That spreads the cost of decoding an instruction over all lanes.
 *
 * <p>Lanes part at branches alone, and a program jumps once at most: the few lanes that jump (one
 * in 16 at each branch) run the instructions from the target to the branch again by themselves, and
 * are level with the others then.
 *
 * <p>Spec: hspow-spec/v1-equix
 *
 * <p>Threads: one.
 */
final class HashXBatch {
  /** Inputs of one batch: eight registers of them fit the first-level cache. */
  static final int LANES = 256;

  private static final int REGISTERS = 8;

  private final long[][] registers = new long[REGISTERS][LANES];
  private final int[] results = new int[LANES];
  private final boolean[] jumped = new boolean[LANES];
  private final long[] one = new long[REGISTERS];

  /** Writes the hashes of {@code first} to {@code first + LANES - 1} to {@code out}. */
  void hash(HashXProgram program, int first, long[] out) {
    for (int lane = 0; lane < LANES; lane++) {
      program.inputKey.fill(first + lane, one);
      for (int i = 0; i < REGISTERS; i++) {
        registers[i][lane] = one[i];
      }
      results[lane] = 0;
      jumped[lane] = false;
    }
    run(program);
    for (int lane = 0; lane < LANES; lane++) {
      for (int i = 0; i < REGISTERS; i++) {
        one[i] = registers[i][lane];
      }
      out[lane] = program.inputKey.finish(one);
    }
  }

  private void run(HashXProgram program) {
    int target = 0;
    for (int at = 0; at < HashXProgram.SIZE; at++) {
      switch (program.ops[at]) {
        case TARGET -> target = at;
        case BRANCH -> branch(program, target, at);
        default -> step(program, at);
      }
    }
  }

  private void step(HashXProgram program, int at) {
    long[] d = registers[program.destinations[at]];
    int immediate = program.immediates[at];
    switch (program.ops[at]) {
      case UMULH -> multiplyHighUnsigned(d, source(program, at), results);
      case SMULH -> multiplyHigh(d, source(program, at), results);
      case MUL -> multiply(d, source(program, at));
      case SUB -> subtract(d, source(program, at));
      case XOR -> xor(d, source(program, at));
      case ADD_SHIFTED -> addShifted(d, source(program, at), immediate);
      case ROTATE -> rotate(d, immediate);
      case ADD_CONSTANT -> addConstant(d, immediate);
      case XOR_CONSTANT -> xorConstant(d, immediate);
      case TARGET, BRANCH -> throw new IllegalStateException("not for all lanes alike");
    }
  }

  private long[] source(HashXProgram program, int at) {
    return registers[program.sources[at]];
  }

  /** Lets the lanes whose last result says so run the instructions behind the target again. */
  private void branch(HashXProgram program, int target, int branch) {
    int mask = program.immediates[branch];
    for (int lane = 0; lane < LANES; lane++) {
      if ((results[lane] & mask) == 0 && !jumped[lane]) {
        jumped[lane] = true;
        again(program, target + 1, branch, lane);
      }
    }
  }

  private void again(HashXProgram program, int from, int to, int lane) {
    long[] r = one;
    for (int i = 0; i < REGISTERS; i++) {
      r[i] = registers[i][lane];
    }
    results[lane] = program.runStraight(r, from, to, results[lane]);
    for (int i = 0; i < REGISTERS; i++) {
      registers[i][lane] = r[i];
    }
  }

  private static void multiplyHighUnsigned(long[] d, long[] s, int[] results) {
    for (int i = 0; i < LANES; i++) {
      long high = Math.unsignedMultiplyHigh(d[i], s[i]);
      d[i] = high;
      results[i] = (int) high;
    }
  }

  private static void multiplyHigh(long[] d, long[] s, int[] results) {
    for (int i = 0; i < LANES; i++) {
      long high = Math.multiplyHigh(d[i], s[i]);
      d[i] = high;
      results[i] = (int) high;
    }
  }

  private static void multiply(long[] d, long[] s) {
    for (int i = 0; i < LANES; i++) {
      d[i] *= s[i];
    }
  }

  private static void subtract(long[] d, long[] s) {
    for (int i = 0; i < LANES; i++) {
      d[i] -= s[i];
    }
  }

  private static void xor(long[] d, long[] s) {
    for (int i = 0; i < LANES; i++) {
      d[i] ^= s[i];
    }
  }

  private static void addShifted(long[] d, long[] s, int shift) {
    for (int i = 0; i < LANES; i++) {
      d[i] += s[i] << shift;
    }
  }

  private static void rotate(long[] d, int distance) {
    for (int i = 0; i < LANES; i++) {
      d[i] = Long.rotateRight(d[i], distance);
    }
  }

  private static void addConstant(long[] d, long constant) {
    for (int i = 0; i < LANES; i++) {
      d[i] += constant;
    }
  }

  private static void xorConstant(long[] d, long constant) {
    for (int i = 0; i < LANES; i++) {
      d[i] ^= constant;
    }
  }
}
