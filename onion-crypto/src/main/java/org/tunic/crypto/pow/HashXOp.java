package org.tunic.crypto.pow;

/**
 * The instructions of HashX programs, with what the generator must know of the processor it
 * imagines: three ports, latencies, operands.
 *
 * <p>Threads: immutable.
 */
enum HashXOp {
  UMULH(4, HashXOp.P1, HashXOp.P5, 0, false, false, true, true),
  SMULH(4, HashXOp.P1, HashXOp.P5, 0, false, false, true, true),
  MUL(3, HashXOp.P1, 0, 0, true, true, true, true),
  SUB(1, HashXOp.P015, 0, 0, true, true, true, true),
  XOR(1, HashXOp.P015, 0, 0, true, true, true, true),
  ADD_SHIFTED(1, HashXOp.P0 | HashXOp.P1, 0, 3, true, true, true, true),
  ROTATE(1, HashXOp.P0 | HashXOp.P5, 0, 63, true, false, false, true),
  ADD_CONSTANT(1, HashXOp.P015, 0, -1, true, false, false, true),
  XOR_CONSTANT(1, HashXOp.P015, 0, -1, true, false, false, true),
  TARGET(1, HashXOp.P015, HashXOp.P015, 0, true, false, false, false),
  BRANCH(1, HashXOp.P015, HashXOp.P015, 0x8000_0000, true, false, false, false);

  static final int P0 = 1;
  static final int P1 = 2;
  static final int P5 = 4;
  static final int P015 = P0 | P1 | P5;

  /** Cycles until its result can be used. */
  final int latency;

  /** Ports that can take its first micro-operation. */
  final int uop1;

  /** Ports that can take its second micro-operation; 0 if it has none. */
  final int uop2;

  /** Bits of the constant that are random; 0 without a constant. */
  final int immediateMask;

  /** Whether source and destination must differ; otherwise a random number tells it apart. */
  final boolean distinctDestination;

  /** Whether its source is what tells it apart from another of its group. */
  final boolean parameterIsSource;

  final boolean hasSource;
  final boolean hasDestination;

  HashXOp(
      int latency,
      int uop1,
      int uop2,
      int immediateMask,
      boolean distinctDestination,
      boolean parameterIsSource,
      boolean hasSource,
      boolean hasDestination) {
    this.latency = latency;
    this.uop1 = uop1;
    this.uop2 = uop2;
    this.immediateMask = immediateMask;
    this.distinctDestination = distinctDestination;
    this.parameterIsSource = parameterIsSource;
    this.hasSource = hasSource;
    this.hasDestination = hasDestination;
  }

  /** Instructions of one group must not follow each other; a subtraction is an addition there. */
  HashXOp group() {
    return this == SUB ? ADD_SHIFTED : this;
  }

  boolean isMultiplication() {
    return this == UMULH || this == SMULH || this == MUL;
  }
}
