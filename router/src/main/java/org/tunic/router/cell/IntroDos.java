package org.tunic.router.cell;

import java.util.Optional;
import org.tunic.crypto.bytes.ByteReader;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;

/**
 * The DoS extension of ESTABLISH_INTRO: how many INTRODUCE2 a service wants. {@code n:u8 (type:u8
 * value:u64)…}
 *
 * <p>Spec: rend-spec/introduction-protocol#EST_INTRO_DOS_EXT
 *
 * <p>Threads: immutable.
 *
 * @param ratePerSecond INTRODUCE2 a second, as unsigned 64 bits
 * @param burst how many at once, as unsigned 64 bits
 */
public record IntroDos(long ratePerSecond, long burst) {
  /** Type of the extension. */
  public static final int TYPE = 1;

  private static final int RATE = 1;
  private static final int BURST = 2;

  /** The extension as ESTABLISH_INTRO carries it. */
  public ExtensionList.Extension extension() {
    return new ExtensionList.Extension(
        TYPE, new ByteWriter(19).u8(2).u8(RATE).u64(ratePerSecond).u8(BURST).u64(burst).toBytes());
  }

  /**
   * What a service asks for; empty if it asks for nothing, so that the consensus parameters count.
   * A list cut short or with an unknown parameter counts as no list, one that leaves something out
   * as if it said 0, both as in C tor.
   */
  public static Optional<IntroDos> of(ExtensionList extensions) {
    return extensions.first(TYPE).flatMap(IntroDos::parse);
  }

  private static Optional<IntroDos> parse(Bytes body) {
    try {
      ByteReader in = body.reader();
      long rate = 0;
      long burst = 0;
      for (int left = in.u8(); left > 0; left--) {
        int type = in.u8();
        long value = in.u64();
        if (type == RATE) {
          rate = value;
        } else if (type == BURST) {
          burst = value;
        } else {
          return Optional.empty();
        }
      }
      return Optional.of(new IntroDos(rate, burst));
    } catch (MalformedException e) {
      return Optional.empty();
    }
  }

  /**
   * Whether the introduction point limits at all: zeros switch its defence off, and so do values
   * above 2^31 - 1 and a burst below the rate.
   */
  public boolean isEnabled() {
    return isPositive(ratePerSecond) && isPositive(burst) && burst >= ratePerSecond;
  }

  private static boolean isPositive(long value) {
    return value > 0 && value <= Integer.MAX_VALUE;
  }
}
