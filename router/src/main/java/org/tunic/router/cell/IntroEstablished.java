package org.tunic.router.cell;

import org.tunic.crypto.bytes.ByteReader;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.bytes.MalformedException;

/**
 * INTRO_ESTABLISHED: the last hop is an introduction point now. {@code extensions}
 *
 * <p>Spec: rend-spec/introduction-protocol#INTRO_ESTABLISHED
 *
 * <p>Threads: immutable.
 *
 * @param extensions none is known
 */
public record IntroEstablished(ExtensionList extensions) implements RelayMessage {
  /** Reads a body. */
  public static IntroEstablished decode(ByteReader in) throws MalformedException {
    return new IntroEstablished(ExtensionList.decode(in));
  }

  @Override
  public int command() {
    return RelayCommand.INTRO_ESTABLISHED;
  }

  @Override
  public void encode(ByteWriter out) {
    out.bytes(extensions.encode());
  }
}
