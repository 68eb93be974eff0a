package org.tunic.daemon.house.control.directory;

import java.util.concurrent.TimeUnit;

/** Waits by the clock of the system. */
final class Sleeps {
  void thread() throws InterruptedException {
    Thread.sleep(1);
  }

  void unit() throws InterruptedException {
    TimeUnit.MILLISECONDS.sleep(1);
  }
}
