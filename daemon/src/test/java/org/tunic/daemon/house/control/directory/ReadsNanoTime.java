package org.tunic.daemon.house.control.directory;

import java.util.function.LongSupplier;

/** Takes monotonic time from the system. */
final class ReadsNanoTime {
  LongSupplier clock() {
    return System::nanoTime;
  }
}
