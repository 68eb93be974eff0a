package org.tunic.daemon.house.control.directory;

import java.security.SecureRandom;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;

/** Finds its own randomness, in four ways. */
final class DrawsRandom {
  int plain() {
    return new Random().nextInt();
  }

  Supplier<SecureRandom> secure() {
    return SecureRandom::new;
  }

  double global() {
    return Math.random();
  }

  int local() {
    return ThreadLocalRandom.current().nextInt();
  }
}
