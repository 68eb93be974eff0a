package org.tunic.router.cell;

import org.tunic.crypto.bytes.ByteReader;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.bytes.MalformedException;

/**
 * PADDING_NEGOTIATE: a client asks its guard for, or against, link padding. {@code version:u8
 * command:u8 itoLow:u16 itoHigh:u16}
 *
 * <p>Spec: padding-spec/connection-level-padding
 *
 * <p>Threads: immutable.
 *
 * @param version 0
 * @param action {@link #STOP} or {@link #START}
 * @param lowMillis shortest time-out before a padding cell
 * @param highMillis longest time-out before a padding cell
 */
public record PaddingNegotiate(int version, int action, int lowMillis, int highMillis)
    implements ChannelMessage {
  /** Stop padding. */
  public static final int STOP = 1;

  /** Start padding. */
  public static final int START = 2;

  static PaddingNegotiate decode(ByteReader in) throws MalformedException {
    return new PaddingNegotiate(in.u8(), in.u8(), in.u16(), in.u16());
  }

  @Override
  public CellCommand command() {
    return CellCommand.PADDING_NEGOTIATE;
  }

  @Override
  public void encode(ByteWriter out) {
    out.u8(version).u8(action).u16(lowMillis).u16(highMillis);
  }
}
