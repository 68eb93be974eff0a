package org.tunic.daemon.config;

/** A switch that may be left to the daemon. Threads: immutable. */
public enum AutoBool {
  NO,
  YES,
  AUTO;

  /** {@code whenAuto} if nothing was chosen. */
  public boolean orElse(boolean whenAuto) {
    return this == AUTO ? whenAuto : this == YES;
  }
}
