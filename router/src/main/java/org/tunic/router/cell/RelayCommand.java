package org.tunic.router.cell;

/**
 * Commands of relay messages, as bare numbers: the data path switches on them.
 *
 * <p>Spec: tor-spec/relay-cells
 *
 * <p>Threads: any, because it has no state.
 */
public final class RelayCommand {
  public static final int BEGIN = 1;
  public static final int DATA = 2;
  public static final int END = 3;
  public static final int CONNECTED = 4;
  public static final int SENDME = 5;
  public static final int EXTEND = 6;
  public static final int EXTENDED = 7;
  public static final int TRUNCATE = 8;
  public static final int TRUNCATED = 9;
  public static final int DROP = 10;
  public static final int RESOLVE = 11;
  public static final int RESOLVED = 12;
  public static final int BEGIN_DIR = 13;
  public static final int EXTEND2 = 14;
  public static final int EXTENDED2 = 15;
  public static final int CONFLUX_LINK = 19;
  public static final int CONFLUX_LINKED = 20;
  public static final int CONFLUX_LINKED_ACK = 21;
  public static final int CONFLUX_SWITCH = 22;
  public static final int ESTABLISH_INTRO = 32;
  public static final int ESTABLISH_RENDEZVOUS = 33;
  public static final int INTRODUCE1 = 34;
  public static final int INTRODUCE2 = 35;
  public static final int RENDEZVOUS1 = 36;
  public static final int RENDEZVOUS2 = 37;
  public static final int INTRO_ESTABLISHED = 38;
  public static final int RENDEZVOUS_ESTABLISHED = 39;
  public static final int INTRODUCE_ACK = 40;
  public static final int PADDING_NEGOTIATE = 41;
  public static final int PADDING_NEGOTIATED = 42;
  public static final int XOFF = 43;
  public static final int XON = 44;

  private RelayCommand() {}

  /** Whether a message of this command belongs to a stream and carries its id (never zero). */
  public static boolean ofStream(int command) {
    return switch (command) {
      case BEGIN, DATA, END, CONNECTED, RESOLVE, RESOLVED, BEGIN_DIR, XOFF, XON -> true;
      default -> false;
    };
  }
}
