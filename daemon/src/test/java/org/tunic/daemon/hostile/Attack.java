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
  /**
   * CREATE2 with an onion skin that costs the victim a handshake, {@code amount} a second on each
   * connection. A circuit that comes of it is ended at once.
   */
  ONION_SKINS,
  /** Cells that are illegal where they stand, another on each connection. */
  ILLEGAL
}
