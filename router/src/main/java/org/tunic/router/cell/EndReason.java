package org.tunic.router.cell;

/**
 * Why a stream ended, as in END: an open registry.
 *
 * <p>Spec: tor-spec/closing-streams
 *
 * <p>Threads: immutable.
 *
 * @param code 0 to 255
 */
public record EndReason(int code) {
  public static final EndReason MISC = new EndReason(1);
  public static final EndReason RESOLVEFAILED = new EndReason(2);
  public static final EndReason CONNECTREFUSED = new EndReason(3);
  public static final EndReason EXITPOLICY = new EndReason(4);
  public static final EndReason DESTROY = new EndReason(5);
  public static final EndReason DONE = new EndReason(6);
  public static final EndReason TIMEOUT = new EndReason(7);
  public static final EndReason NOROUTE = new EndReason(8);
  public static final EndReason HIBERNATING = new EndReason(9);
  public static final EndReason INTERNAL = new EndReason(10);
  public static final EndReason RESOURCELIMIT = new EndReason(11);
  public static final EndReason CONNRESET = new EndReason(12);
  public static final EndReason TORPROTOCOL = new EndReason(13);
  public static final EndReason NOTDIRECTORY = new EndReason(14);

  private static final String[] NAMES = {
    "NONE",
    "MISC",
    "RESOLVEFAILED",
    "CONNECTREFUSED",
    "EXITPOLICY",
    "DESTROY",
    "DONE",
    "TIMEOUT",
    "NOROUTE",
    "HIBERNATING",
    "INTERNAL",
    "RESOURCELIMIT",
    "CONNRESET",
    "TORPROTOCOL",
    "NOTDIRECTORY"
  };

  /**
   * Checks the range.
   *
   * @throws IllegalArgumentException if the code does not fit into a byte
   */
  public EndReason {
    if (code < 0 || code > 255) {
      throw new IllegalArgumentException("a reason is one byte");
    }
  }

  /** The name that the control protocol gives the reason, or {@code UNKNOWN_n}. */
  public String name() {
    return code < NAMES.length ? NAMES[code] : "UNKNOWN_" + code;
  }

  @Override
  public String toString() {
    return name();
  }
}
