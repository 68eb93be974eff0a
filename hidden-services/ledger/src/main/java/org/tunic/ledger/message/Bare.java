package org.tunic.ledger.message;

import org.tunic.ledger.primitive.WireWriter;

/**
 * Messages that say all by their name.
 *
 * <p>Threads: immutable.
 */
public enum Bare implements Message {
  /** The version was accepted. */
  VERACK("verack"),
  /** Asks for addresses of peers. */
  GETADDR("getaddr"),
  /** Asks for what is in the mempool (BIP 35). */
  MEMPOOL("mempool"),
  /** Wants blocks announced by their headers (BIP 130). */
  SENDHEADERS("sendheaders"),
  /** Announces transactions by the hash with witnesses (BIP 339). */
  WTXIDRELAY("wtxidrelay"),
  /** Understands addresses of BIP 155. */
  SENDADDRV2("sendaddrv2");

  private final String command;

  Bare(String command) {
    this.command = command;
  }

  static Bare of(String command) {
    for (Bare each : values()) {
      if (each.command.equals(command)) {
        return each;
      }
    }
    throw new IllegalArgumentException(command);
  }

  @Override
  public String command() {
    return command;
  }

  @Override
  public void encode(WireWriter out) {
    // nothing follows the name
  }
}
