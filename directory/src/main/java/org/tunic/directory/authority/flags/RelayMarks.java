package org.tunic.directory.authority.flags;

/**
 * What the operator of an authority decided about a relay, in {@code approved-routers} or by
 * address.
 *
 * @param reject accept no descriptor of it
 * @param invalid no Valid flag
 * @param badExit BadExit
 * @param middleOnly MiddleOnly
 * @param stripGuard never Guard
 * @param stripHsDir never HSDir
 * @param stripV2Dir never V2Dir
 *     <p>Spec: tor(1), approved-routers. Threads: immutable.
 */
public record RelayMarks(
    boolean reject,
    boolean invalid,
    boolean badExit,
    boolean middleOnly,
    boolean stripGuard,
    boolean stripHsDir,
    boolean stripV2Dir) {
  /** Nothing special. */
  public static final RelayMarks NONE =
      new RelayMarks(false, false, false, false, false, false, false);

  /** Both. */
  public RelayMarks or(RelayMarks o) {
    return new RelayMarks(
        reject || o.reject,
        invalid || o.invalid,
        badExit || o.badExit,
        middleOnly || o.middleOnly,
        stripGuard || o.stripGuard,
        stripHsDir || o.stripHsDir,
        stripV2Dir || o.stripV2Dir);
  }
}
