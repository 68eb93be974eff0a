package org.tunic.daemon.house.control.daemon.wiring;

/** Reads the clock where it should only hand it over. */
final class CallsNanoTime {
  long now() {
    return System.nanoTime();
  }
}
