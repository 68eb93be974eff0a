package org.tunic.directory.doc.consensus;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.bytes.Bytes;

/**
 * The shared random values of a consensus.
 *
 * <p>Spec: srv-spec. Threads: immutable.
 *
 * @param previousValue of the run before; null if the consensus has none
 * @param currentValue of the last run; null if the consensus has none
 */
public record SharedRandom(@Nullable Value previousValue, @Nullable Value currentValue) {
  /** A consensus without shared random values. */
  public static final SharedRandom NONE = new SharedRandom(null, null);

  /**
   * One value.
   *
   * @param reveals how many authorities revealed
   * @param value 32 bytes
   */
  public record Value(int reveals, Bytes value) {
    /** Length of a value in bytes. */
    public static final int LENGTH = 32;
  }

  /** The value of the run before. */
  public Optional<Value> previous() {
    return Optional.ofNullable(previousValue);
  }

  /** The value of the last run. */
  public Optional<Value> current() {
    return Optional.ofNullable(currentValue);
  }
}
