package org.tunic.daemon.interop;

/** What a node of a test network is, and the torrc lines that make it so. Threads: immutable. */
enum Role {
  /** Votes, serves the directory and relays without exiting. */
  AUTHORITY,
  /** Relays and exits, to 127.0.0.0/8 too. */
  EXIT,
  /** Relays only. */
  MIDDLE,
  /** Listens for SOCKS. */
  CLIENT;

  boolean relays() {
    return this != CLIENT;
  }
}
