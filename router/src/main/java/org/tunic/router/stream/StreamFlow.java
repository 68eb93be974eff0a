package org.tunic.router.stream;

import org.tunic.router.cell.CircuitViolation;

/**
 * The flow control of one stream, in both directions.
 *
 * <p>Spec: tor-spec/flow-control#stream-level, proposals/324 section 4. Threads: event loop of the
 * circuit.
 */
sealed interface StreamFlow permits StreamWindow, XonXoff {
  /** Whether one more DATA may be packaged now. */
  boolean maySend();

  /**
   * When {@link #maySend} is false: nanoseconds after which it may be true by itself; 0 when only a
   * message of the peer can change it.
   */
  long retryNanos();

  /** A DATA with this many bytes was sent. */
  void sent(int bytes);

  /**
   * A DATA with this many bytes came.
   *
   * @throws CircuitViolation when it is more than may wait
   */
  void received(int bytes) throws CircuitViolation;

  /**
   * Whether a reader that switches reading off gets no more than the buffer it was just offered,
   * because much may wait; otherwise it is offered all that waits.
   */
  boolean offersByTheBuffer();

  /** The application took that many bytes. */
  void taken(int bytes);

  /** All the DATA of a read has come, and the application was offered it. */
  void batchEnded();

  /** A SENDME for the stream came. */
  void onSendme() throws CircuitViolation;

  /** We end the stream: what may still come on it. */
  HalfClosed halfClosed();

  /** XOFF came. */
  void onXoff();

  /** XON came with this rate in kilobytes a second; 0 is no limit. */
  void onXon(long kbps);
}
