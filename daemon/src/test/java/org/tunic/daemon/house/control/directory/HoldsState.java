package org.tunic.daemon.house.control.directory;

/** One state for the whole JVM. */
final class HoldsState {
  @SuppressWarnings("NonFinalStaticField")
  private static int count;

  int next() {
    return ++count;
  }
}
