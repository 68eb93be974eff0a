package org.tunic.daemon.demo;

import java.util.concurrent.locks.LockSupport;

/** Waiting in the demo's own threads. Threads: any. */
final class Pause {
  private Pause() {}

  static void millis(long millis) {
    LockSupport.parkNanos(millis * 1_000_000);
  }
}
