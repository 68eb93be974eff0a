package org.tunic.daemon.house.control.daemon.wiring;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/** Does what only the wiring may do. */
public final class HandsOverClock {
  LongSupplier nanos() {
    return System::nanoTime;
  }

  InstantSource wall() {
    return InstantSource.system();
  }

  SecureRandom random() {
    return new SecureRandom();
  }
}
