package org.tunic.router.cell;

import org.tunic.crypto.bytes.ByteWriter;

/**
 * BEGIN_DIR: opens a stream to the relay's directory cache. The body is empty.
 *
 * <p>Spec: tor-spec/opening-streams
 *
 * <p>Threads: immutable.
 */
public record BeginDir() implements RelayMessage {
  @Override
  public int command() {
    return RelayCommand.BEGIN_DIR;
  }

  @Override
  public void encode(ByteWriter out) {}
}
