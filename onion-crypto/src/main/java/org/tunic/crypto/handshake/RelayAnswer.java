package org.tunic.crypto.handshake;

import org.tunic.crypto.bytes.Bytes;

/**
 * A relay's side of a finished handshake: the reply to send and the keys of the new hop.
 *
 * <p>Threads: its owner's, who closes it and with it the keys.
 */
public final class RelayAnswer implements AutoCloseable {
  private final Bytes reply;
  private final KeySeed keySeed;

  /** Takes ownership of {@code keySeed}. */
  public RelayAnswer(Bytes reply, KeySeed keySeed) {
    this.reply = reply;
    this.keySeed = keySeed;
  }

  /** The handshake data of the CREATED cell. */
  public Bytes reply() {
    return reply;
  }

  /** The keys; closed with this answer. */
  public KeySeed keySeed() {
    return keySeed;
  }

  /** Wipes the keys. */
  @Override
  public void close() {
    keySeed.close();
  }
}
