package org.tunic.router.cell;

/**
 * Why a circuit ended, as in DESTROY and TRUNCATED: an open registry.
 *
 * <p>Spec: tor-spec/tearing-down-circuits
 *
 * <p>Threads: immutable.
 *
 * @param code 0 to 255
 */
public record DestroyReason(int code) {
  public static final DestroyReason NONE = new DestroyReason(0);
  public static final DestroyReason PROTOCOL = new DestroyReason(1);
  public static final DestroyReason INTERNAL = new DestroyReason(2);
  public static final DestroyReason REQUESTED = new DestroyReason(3);
  public static final DestroyReason HIBERNATING = new DestroyReason(4);
  public static final DestroyReason RESOURCELIMIT = new DestroyReason(5);
  public static final DestroyReason CONNECTFAILED = new DestroyReason(6);
  public static final DestroyReason OR_IDENTITY = new DestroyReason(7);
  public static final DestroyReason CHANNEL_CLOSED = new DestroyReason(8);
  public static final DestroyReason FINISHED = new DestroyReason(9);
  public static final DestroyReason TIMEOUT = new DestroyReason(10);
  public static final DestroyReason DESTROYED = new DestroyReason(11);
  public static final DestroyReason NOSUCHSERVICE = new DestroyReason(12);

  private static final String[] NAMES = {
    "NONE", "TORPROTOCOL", "INTERNAL", "REQUESTED", "HIBERNATING", "RESOURCELIMIT",
    "CONNECTFAILED", "OR_IDENTITY", "CHANNEL_CLOSED", "FINISHED", "TIMEOUT", "DESTROYED",
    "NOSUCHSERVICE"
  };

  /**
   * Checks the range.
   *
   * @throws IllegalArgumentException if the code does not fit into a byte
   */
  public DestroyReason {
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
