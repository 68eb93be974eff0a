package org.tunic.router.cell;

import org.tunic.crypto.bytes.ByteReader;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.bytes.MalformedException;

/**
 * PADDING_NEGOTIATE of a circuit: an origin asks one of its hops for, or against, padding. {@code
 * version:u8 action:u8 machineType:u8 echoRequest:u8 machineCounter:u32}
 *
 * <p>Spec: padding-spec/circuit-level-padding
 *
 * <p>Threads: immutable.
 *
 * @param action {@link #STOP} or {@link #START}
 * @param machineType which machine, 0–255
 * @param machineCounter of the origin's machines on this circuit, from 1; 0: whichever
 */
public record CircuitPaddingNegotiate(int action, int machineType, long machineCounter)
    implements RelayMessage {
  /** Stop padding. */
  public static final int STOP = 1;

  /** Start padding. */
  public static final int START = 2;

  static final int VERSION = 0;

  /**
   * Reads a body.
   *
   * @throws MalformedException if it is too short, or of an unknown version or action
   */
  public static CircuitPaddingNegotiate decode(ByteReader in) throws MalformedException {
    int version = in.u8();
    int action = in.u8();
    int type = in.u8();
    int echo = in.u8();
    long counter = in.u32();
    if (version != VERSION || (action != STOP && action != START) || echo > 1) {
      throw new MalformedException("PADDING_NEGOTIATE");
    }
    return new CircuitPaddingNegotiate(action, type, counter);
  }

  @Override
  public int command() {
    return RelayCommand.PADDING_NEGOTIATE;
  }

  @Override
  public void encode(ByteWriter out) {
    out.u8(VERSION).u8(action).u8(machineType).u8(0).u32(machineCounter);
  }
}
