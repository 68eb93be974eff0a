package org.tunic.daemon.hostile;

/** What each connection of an {@link Attacker} does. Threads: immutable. */
public enum Attack {
  /** TLS, and no VERSIONS. */
  TLS,
  /** VERSIONS, and no NETINFO. */
  VERSIONS,
  /** An open channel without circuits. */
  IDLE,
  /** Circuits by CREATE_FAST on which nothing is ever sent, {@code amount} on each connection. */
  CIRCUITS,
  /** Cells that are illegal where they stand, another on each connection. */
  ILLEGAL
}
