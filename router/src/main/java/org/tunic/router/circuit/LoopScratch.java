package org.tunic.router.circuit;

import java.util.function.LongSupplier;
import org.tunic.crypto.random.LoopRandom;
import org.tunic.router.cell.RelayHeader;

/**
 * The arrays one event loop works in, so that no cell allocates. Incoming cells are peeled between
 * {@link #in0} and {@link #in1} while answers to them are wrapped between {@link #out0} and {@link
 * #out1}: handling a cell may send others.
 *
 * <p>Threads: the event loop it was made for.
 */
final class LoopScratch {
  /** Bytes of a relay cell body. */
  static final int BODY_BYTES = 509;

  final byte[] in0 = new byte[BODY_BYTES];
  final byte[] in1 = new byte[BODY_BYTES];
  final byte[] out0 = new byte[BODY_BYTES];
  final byte[] out1 = new byte[BODY_BYTES];

  /** The plain relay cell under construction. */
  final byte[] body = new byte[BODY_BYTES];

  final RelayHeader header = new RelayHeader();

  /** Fills the unused end of cells. */
  final LoopRandom random;

  /** Monotonic nanoseconds. */
  final LongSupplier nanoClock;

  LoopScratch(LoopRandom random, LongSupplier nanoClock) {
    this.random = random;
    this.nanoClock = nanoClock;
  }

  /** Completes the relay header of {@link #body} and pads behind the message. */
  void finishBody(int relayCommand, int streamId, int length) {
    header.wrap(body, 0).write(relayCommand, streamId, body, RelayHeader.DATA, length, random);
  }
}
