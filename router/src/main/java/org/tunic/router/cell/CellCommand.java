package org.tunic.router.cell;

import org.jspecify.annotations.Nullable;

/**
 * The commands of channel cells: code, which circuit ids are legal, and whether the body has a
 * length.
 *
 * <p>Codes from 128 upward, and VERSIONS, are variable-length cells. The data path compares the
 * bare codes {@link #RELAY_CODE} and {@link #RELAY_EARLY_CODE}.
 *
 * <p>Spec: tor-spec/cell-packet-format
 *
 * <p>Threads: immutable.
 */
public enum CellCommand {
  PADDING(0, CircuitIdRule.ZERO),
  CREATE(1, CircuitIdRule.NONZERO),
  CREATED(2, CircuitIdRule.NONZERO),
  RELAY(3, CircuitIdRule.NONZERO),
  DESTROY(4, CircuitIdRule.NONZERO),
  CREATE_FAST(5, CircuitIdRule.NONZERO),
  CREATED_FAST(6, CircuitIdRule.NONZERO),
  VERSIONS(7, CircuitIdRule.ZERO),
  NETINFO(8, CircuitIdRule.ZERO),
  RELAY_EARLY(9, CircuitIdRule.NONZERO),
  CREATE2(10, CircuitIdRule.NONZERO),
  CREATED2(11, CircuitIdRule.NONZERO),
  PADDING_NEGOTIATE(12, CircuitIdRule.ZERO),
  VPADDING(128, CircuitIdRule.ZERO),
  CERTS(129, CircuitIdRule.ZERO),
  AUTH_CHALLENGE(130, CircuitIdRule.ZERO),
  AUTHENTICATE(131, CircuitIdRule.ZERO),
  AUTHORIZE(132, CircuitIdRule.ZERO);

  /** Whether cells of a command belong to a circuit or to the channel. */
  public enum CircuitIdRule {
    /** The cell belongs to the channel; the circuit id is written as 0. */
    ZERO,
    /** The cell belongs to the circuit it names. */
    NONZERO
  }

  /** Code of {@link #RELAY}. */
  public static final int RELAY_CODE = 3;

  /** Code of {@link #RELAY_EARLY}. */
  public static final int RELAY_EARLY_CODE = 9;

  /** {@code CELL_BODY_LEN}: bytes of the body of a fixed-length cell. */
  public static final int CELL_BODY_LEN = 509;

  private static final int FIRST_VARIABLE = 128;
  private static final @Nullable CellCommand[] BY_CODE = new @Nullable CellCommand[256];

  static {
    for (CellCommand command : values()) {
      BY_CODE[command.code] = command;
    }
  }

  private final int code;
  private final CircuitIdRule circuitIdRule;

  CellCommand(int code, CircuitIdRule circuitIdRule) {
    this.code = code;
    this.circuitIdRule = circuitIdRule;
  }

  /** The command byte, 0 to 255. */
  public int code() {
    return code;
  }

  /** Whether the cell belongs to a circuit. */
  public boolean ofCircuit() {
    return circuitIdRule == CircuitIdRule.NONZERO;
  }

  /** Whether cells of this command carry a length of two bytes before the body. */
  public boolean variableLength() {
    return isVariableLength(code);
  }

  /** The command with this code, or null: cells of unknown commands are ignored. */
  public static @Nullable CellCommand of(int code) {
    return BY_CODE[code & 0xff];
  }

  /** Whether cells with this code, known or not, carry a length of two bytes before the body. */
  public static boolean isVariableLength(int code) {
    return code >= FIRST_VARIABLE || code == 7;
  }
}
