package org.tunic.router.cell;

import org.tunic.crypto.bytes.ByteReader;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.bytes.MalformedException;

/**
 * PADDING_NEGOTIATED of a circuit: a hop's answer to {@link CircuitPaddingNegotiate}, or its notice
 * that its machine has ended. {@code version:u8 action:u8 response:u8 machineType:u8
 * machineCounter:u32}
 *
 * <p>Spec: padding-spec/circuit-level-padding
 *
 * <p>Threads: immutable.
 *
 * @param action {@link CircuitPaddingNegotiate#STOP} or {@link CircuitPaddingNegotiate#START}
 * @param response {@link #OK} or {@link #ERR}
 * @param machineType which machine, 0–255
 * @param machineCounter as the origin gave it
 */
public record CircuitPaddingNegotiated(
    int action, int response, int machineType, long machineCounter) implements RelayMessage {
  /** Done. */
  public static final int OK = 1;

  /** The hop does not have that machine. */
  public static final int ERR = 2;

  /**
   * Reads a body.
   *
   * @throws MalformedException if it is too short, or of an unknown version, action or response
   */
  public static CircuitPaddingNegotiated decode(ByteReader in) throws MalformedException {
    int version = in.u8();
    int action = in.u8();
    int response = in.u8();
    int type = in.u8();
    long counter = in.u32();
    boolean known =
        version == CircuitPaddingNegotiate.VERSION
            && (action == CircuitPaddingNegotiate.STOP || action == CircuitPaddingNegotiate.START)
            && (response == OK || response == ERR);
    if (!known) {
      throw new MalformedException("PADDING_NEGOTIATED");
    }
    return new CircuitPaddingNegotiated(action, response, type, counter);
  }

  @Override
  public int command() {
    return RelayCommand.PADDING_NEGOTIATED;
  }

  @Override
  public void encode(ByteWriter out) {
    out.u8(CircuitPaddingNegotiate.VERSION)
        .u8(action)
        .u8(response)
        .u8(machineType)
        .u32(machineCounter);
  }
}
