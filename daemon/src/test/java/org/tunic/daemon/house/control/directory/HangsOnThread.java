package org.tunic.daemon.house.control.directory;

/** Keeps something with whatever thread comes along. */
final class HangsOnThread {
  private static final ThreadLocal<byte[]> SCRATCH = ThreadLocal.withInitial(() -> new byte[512]);

  byte[] scratch() {
    return SCRATCH.get();
  }
}
