package org.tunic.router.stream;

/**
 * What may still come on one stream that we ended: all that the peer can have sent before it read
 * our END, and the END with which it answers.
 *
 * <p>With fixed windows that is a number of cells. With congestion control nobody knows how many
 * are on the way, so it is a time, as in C tor; a stream has no SENDMEs there.
 *
 * <p>Spec: tor-spec/closing-streams. Threads: event loop of the circuit.
 */
final class HalfClosed {
  private int dataCells;
  private int sendmes;
  private boolean timed;
  private long untilNanos;
  private boolean connected;

  private HalfClosed() {}

  /**
   * A stream with fixed windows.
   *
   * @param dataCells DATA cells that its window still lets come; 0 or more
   * @param sendmes SENDMEs that the DATA we sent is still worth
   */
  static HalfClosed cells(int dataCells, int sendmes) {
    HalfClosed rest = new HalfClosed();
    rest.dataCells = dataCells;
    rest.sendmes = sendmes;
    return rest;
  }

  /** A stream on a circuit with congestion control: anything up to and at this time. */
  static HalfClosed until(long nanos) {
    HalfClosed rest = new HalfClosed();
    rest.timed = true;
    rest.untilNanos = nanos;
    return rest;
  }

  /** A RESOLVE, whose answer has come to be of no use: no DATA belongs to it. */
  HalfClosed withoutData() {
    dataCells = 0;
    return this;
  }

  /** A stream that has not been connected: CONNECTED may come too, once. */
  HalfClosed beforeConnected() {
    connected = true;
    return this;
  }

  /** DATA, XON or XOFF came; returns whether it may. */
  boolean takeData(long nowNanos) {
    if (timed) {
      return nowNanos - untilNanos <= 0;
    }
    if (dataCells == 0) {
      return false;
    }
    dataCells--;
    return true;
  }

  /** A SENDME of the stream came; returns whether it may. */
  boolean takeSendme() {
    if (sendmes == 0) {
      return false;
    }
    sendmes--;
    return true;
  }

  /** CONNECTED came; returns whether it may. */
  boolean takeConnected() {
    boolean may = connected;
    connected = false;
    return may;
  }
}
