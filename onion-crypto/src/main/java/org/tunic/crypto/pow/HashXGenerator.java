package org.tunic.crypto.pow;

import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes the random program of a HashX function.
 *
 * <p>It schedules instructions onto an imagined superscalar processor (the ports of an Ivy Bridge)
 * so that real ones can run programs without stalls. An instruction that finds no register ready is
 * drawn anew once, then the clock advances. Every draw matters: another order of drawing gives
 * another program.
 *
 * <p>Spec: hspow-spec/v1-equix (HashX as its reference implementation has it)
 *
 * <p>Threads: one; used once.
 */
final class HashXGenerator {
  private static final int TARGET_CYCLE = 192;
  private static final int REQUIRED_MULTIPLICATIONS = 192;
  private static final int REQUIRED_LATENCY = 194;
  private static final int PORT_CYCLES = TARGET_CYCLE + 4;
  private static final int REGISTERS = 8;

  /** Its address form needs a displacement on x86, so it is never where ADD_SHIFTED goes to. */
  private static final int NO_SHIFTED_DESTINATION = 5;

  private static final int BRANCH_BITS = 4;

  private static final int SUB_CYCLES = 36;
  private static final HashXOp[] ANY = {
    HashXOp.ROTATE,
    HashXOp.XOR_CONSTANT,
    HashXOp.ADD_CONSTANT,
    HashXOp.ADD_CONSTANT,
    HashXOp.SUB,
    HashXOp.XOR,
    HashXOp.XOR_CONSTANT,
    HashXOp.ADD_SHIFTED
  };

  /** Of {@link #ANY}, those before this index need no source. */
  private static final int WITHOUT_SOURCE_MASK = 3;

  private final SipKey key;
  private long counter;
  private long buffer8;
  private int left8;
  private long buffer32;
  private int left32;

  private final boolean[][] ports = new boolean[PORT_CYCLES][3];
  private final int[] readyAt = new int[REGISTERS];
  private final @Nullable HashXOp[] lastGroup = new @Nullable HashXOp[REGISTERS];
  private final int[] lastParameter = new int[REGISTERS];
  private final int[] available = new int[REGISTERS];

  private int subCycle;
  private int cycle;
  private int multiplications;
  private int latency;
  private boolean chainedMultiplications;

  private HashXGenerator(SipKey key) {
    this.key = key;
    Arrays.fill(lastParameter, -1);
  }

  /**
   * The program of {@code key}; empty for the few keys (less than one in 10000) whose program does
   * not come out with the right size and latency.
   */
  static Optional<HashXProgram> generate(SipKey key, SipKey inputKey) {
    HashXGenerator generator = new HashXGenerator(key);
    HashXProgram program = new HashXProgram(inputKey);
    generator.run(program);
    boolean uniform =
        program.isFull()
            && generator.multiplications == REQUIRED_MULTIPLICATIONS
            && generator.latency == REQUIRED_LATENCY;
    return uniform ? Optional.of(program) : Optional.empty();
  }

  private void run(HashXProgram program) {
    HashXOp last = null;
    int attempt = 0;
    while (!program.isFull()) {
      HashXOp op = select(last, attempt);
      last = op.group();
      int immediate = immediate(op);
      int parameter = op.parameterIsSource || op.distinctDestination ? -1 : next32();
      int at = schedule(op, false);
      if (at < 0) {
        return;
      }
      chainedMultiplications = attempt > 0;
      int source = op.hasSource ? selectSource(op, at) : -1;
      if (op.parameterIsSource) {
        parameter = source;
      }
      int destination = -1;
      boolean stalled = op.hasSource && source < 0;
      if (!stalled && op.hasDestination) {
        destination = selectDestination(op, source, parameter, at);
        stalled = destination < 0;
      }
      if (stalled) {
        attempt = retry(attempt);
        continue;
      }
      attempt = 0;
      at = schedule(op, true);
      if (at < 0 || at >= TARGET_CYCLE) {
        return;
      }
      if (op.hasDestination) {
        retire(op, destination, parameter, at + op.latency);
      }
      program.add(op, destination, source, immediate);
      multiplications += op.isMultiplication() ? 1 : 0;
      subCycle += op.uop2 == 0 ? 1 : 2;
      cycle = subCycle / 3;
    }
  }

  /** The number of the next attempt; after the second failure the clock advances. */
  private int retry(int attempt) {
    if (attempt == 0) {
      return 1;
    }
    subCycle += 3;
    cycle = subCycle / 3;
    return 0;
  }

  private void retire(HashXOp op, int destination, int parameter, int at) {
    readyAt[destination] = at;
    lastGroup[destination] = op.group();
    lastParameter[destination] = parameter;
    latency = Math.max(latency, at);
  }

  private HashXOp select(@Nullable HashXOp last, int attempt) {
    return switch (subCycle % SUB_CYCLES) {
      case 0, 3, 6, 9, 15, 18, 21, 27, 30, 33 -> HashXOp.MUL;
      case 1 -> HashXOp.TARGET;
      case 19 -> HashXOp.BRANCH;
      case 12, 24 -> (next8() & 1) == 0 ? HashXOp.SMULH : HashXOp.UMULH;
      default -> selectAny(last, attempt > 0 ? WITHOUT_SOURCE_MASK : ANY.length - 1);
    };
  }

  private HashXOp selectAny(@Nullable HashXOp last, int mask) {
    HashXOp op;
    do {
      op = ANY[next8() & mask];
    } while (op.group() == last);
    return op;
  }

  private int immediate(HashXOp op) {
    if (op == HashXOp.BRANCH) {
      return branchMask();
    }
    if (op.immediateMask == 0) {
      return 0;
    }
    int value;
    do {
      value = next32() & op.immediateMask;
    } while (value == 0 && op != HashXOp.ADD_SHIFTED);
    return value;
  }

  private int branchMask() {
    int mask = 0;
    while (Integer.bitCount(mask) < BRANCH_BITS) {
      mask |= 1 << (next8() % 32);
    }
    return mask;
  }

  /** A register that is ready at {@code at}; -1 if none is. */
  private int selectSource(HashXOp op, int at) {
    int count = 0;
    for (int i = 0; i < REGISTERS; i++) {
      if (readyAt[i] <= at) {
        available[count++] = i;
      }
    }
    boolean oneIsNoDestination =
        count == 2
            && (available[0] == NO_SHIFTED_DESTINATION || available[1] == NO_SHIFTED_DESTINATION);
    if (oneIsNoDestination && op == HashXOp.ADD_SHIFTED) {
      return NO_SHIFTED_DESTINATION;
    }
    return selectAvailable(count);
  }

  /**
   * A register that is ready, is not the source where it must not be, is not multiplied twice in a
   * row, and whose last operation does not make this one redundant; -1 if there is none.
   */
  private int selectDestination(HashXOp op, int source, int parameter, int at) {
    int count = 0;
    for (int i = 0; i < REGISTERS; i++) {
      boolean fits =
          readyAt[i] <= at
              && !(op.distinctDestination && i == source)
              && (chainedMultiplications
                  || op.group() != HashXOp.MUL
                  || lastGroup[i] != HashXOp.MUL)
              && (lastGroup[i] != op.group() || lastParameter[i] != parameter)
              && !(op == HashXOp.ADD_SHIFTED && i == NO_SHIFTED_DESTINATION);
      if (fits) {
        available[count++] = i;
      }
    }
    return selectAvailable(count);
  }

  private int selectAvailable(int count) {
    if (count == 0) {
      return -1;
    }
    return available[count > 1 ? Integer.remainderUnsigned(next32(), count) : 0];
  }

  /** The cycle in which all micro-operations find a port; -1 if the table ends before. */
  private int schedule(HashXOp op, boolean commit) {
    if (op.uop2 == 0) {
      return scheduleUop(op.uop1, cycle, commit);
    }
    for (int at = cycle; at < PORT_CYCLES; at++) {
      int first = scheduleUop(op.uop1, at, false);
      if (first >= 0 && first == scheduleUop(op.uop2, at, false)) {
        if (commit) {
          scheduleUop(op.uop1, at, true);
          scheduleUop(op.uop2, at, true);
        }
        return first;
      }
    }
    return -1;
  }

  /** P5 and P0 first, for multiplications can go to P1 only. */
  private int scheduleUop(int uop, int from, boolean commit) {
    for (int at = from; at < PORT_CYCLES; at++) {
      int port = -1;
      if ((uop & HashXOp.P5) != 0 && !ports[at][2]) {
        port = 2;
      } else if ((uop & HashXOp.P0) != 0 && !ports[at][0]) {
        port = 0;
      } else if ((uop & HashXOp.P1) != 0 && !ports[at][1]) {
        port = 1;
      }
      if (port >= 0) {
        ports[at][port] |= commit;
        return at;
      }
    }
    return -1;
  }

  private int next8() {
    if (left8 == 0) {
      buffer8 = key.number(counter++);
      left8 = 8;
    }
    left8--;
    return (int) (buffer8 >>> (8 * left8)) & 0xff;
  }

  private int next32() {
    if (left32 == 0) {
      buffer32 = key.number(counter++);
      left32 = 2;
    }
    left32--;
    return (int) (buffer32 >>> (32 * left32));
  }
}
