package org.tunic.router.cell;

import org.tunic.crypto.bytes.ByteReader;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.identity.Ed25519Identity;

/**
 * INTRODUCE2: an introduction point brings a message to its service, in the words of the client:
 * the body of {@link Introduce1}.
 *
 * <p>What is encrypted, {@code crypto.handshake.hsntor} opens; {@link IntroduceMessage} reads it.
 *
 * <p>Spec: rend-spec/introduction-protocol#INTRO2
 *
 * <p>Threads: immutable.
 *
 * @param authKey which introduction point is meant
 * @param extensions none is known
 * @param encrypted X | encrypted message | MAC; at least a byte for the introduction point
 */
public record Introduce2(Ed25519Identity authKey, ExtensionList extensions, Bytes encrypted)
    implements RelayMessage {
  /** Reads a body. */
  public static Introduce2 decode(ByteReader in) throws MalformedException {
    return IntroduceBody.decode(in, Introduce2::new);
  }

  /** All of the body before the encrypted part, which the MAC in that covers. */
  public Bytes clearPart() {
    return IntroduceBody.clearPart(authKey, extensions);
  }

  @Override
  public int command() {
    return RelayCommand.INTRODUCE2;
  }

  @Override
  public void encode(ByteWriter out) {
    out.bytes(clearPart()).bytes(encrypted);
  }

  /** Nothing of the key. */
  @Override
  public String toString() {
    return "Introduce2";
  }
}
