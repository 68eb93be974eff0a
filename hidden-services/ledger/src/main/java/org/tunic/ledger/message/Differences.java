package org.tunic.ledger.message;

import org.tunic.crypto.bytes.MalformedException;
import org.tunic.ledger.primitive.WireReader;

/**
 * Ascending positions, each written as the number of those left out before it.
 *
 * <p>Threads: any, because it has no state.
 */
final class Differences {
  private Differences() {}

  /**
   * The position after {@code last}.
   *
   * @param limit positions are below it
   */
  static int next(int last, WireReader in, int limit) throws MalformedException {
    long skipped = in.compactSize();
    if (skipped < 0 || skipped >= (long) limit - last - 1) {
      throw new MalformedException("position beyond the block");
    }
    return last + 1 + (int) skipped;
  }
}
