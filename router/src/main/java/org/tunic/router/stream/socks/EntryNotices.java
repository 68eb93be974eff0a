package org.tunic.router.stream.socks;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the ports tell the operator about applications: each thing once in five minutes, and never
 * which host was asked for.
 *
 * <p>Threads: any.
 */
final class EntryNotices {
  private static final Logger log = LoggerFactory.getLogger(EntryNotices.class);
  private static final long INTERVAL_NANOS = Duration.ofMinutes(5).toNanos();
  private static final long NEVER = Long.MIN_VALUE;

  private final LongSupplier nanoTime;
  private final AtomicLong unsafe = new AtomicLong(NEVER);
  private final AtomicLong safe = new AtomicLong(NEVER);
  private final AtomicLong plaintext = new AtomicLong(NEVER);
  private final AtomicLong dotExit = new AtomicLong(NEVER);
  private final AtomicLong virtual = new AtomicLong(NEVER);

  EntryNotices(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  private boolean due(AtomicLong last) {
    long now = nanoTime.getAsLong();
    long before = last.get();
    return (before == NEVER || now - before >= INTERVAL_NANOS) && last.compareAndSet(before, now);
  }

  void addressInsteadOfName(int version, boolean refused) {
    if (due(unsafe)) {
      log.warn(
          "An application using SOCKS {} gives only an IP address: it may look names up by itself,"
              + " which tells others where it goes. Have it use SOCKS 4a, or SOCKS 5 with host"
              + " names.{}",
          version,
          refused ? " Refused, because SafeSocks is 1." : "");
    }
  }

  void nameGiven(int version) {
    if (due(safe)) {
      log.info(
          "An application using SOCKS {} leaves the look-up of names to the exit. This is good.",
          version);
    }
  }

  void plaintextPort(boolean refused) {
    if (due(plaintext)) {
      log.warn(
          "An application asks for a port of WarnPlaintextPorts, whose protocol is mostly not"
              + " encrypted: the exit and what lies behind it can read along.{}",
          refused ? " Refused, because of RejectPlaintextPorts." : "");
    }
  }

  void dotExit() {
    if (due(dotExit)) {
      log.warn(
          "An application asks for a .exit name. They are disabled because of security risks.");
    }
  }

  void virtualAddressUnknown() {
    if (due(virtual)) {
      log.warn("An application asks for a virtual address that stands for nothing. Refused.");
    }
  }
}
