package org.tunic.router.cell;

import org.tunic.crypto.bytes.ByteReader;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.identity.Ed25519Identity;

/**
 * INTRODUCE1: a client asks an introduction point to bring a message to its service. {@code
 * zeros:20 authKeyType:u8 length:u16 authKey extensions encrypted}
 *
 * <p>The 20 zeros stand where version 2 had the name of the service.
 *
 * <p>Spec: rend-spec/introduction-protocol#SEND_INTRO1
 *
 * <p>Threads: immutable.
 *
 * @param authKey which introduction point is meant
 * @param extensions none is known
 * @param encrypted X | encrypted message | MAC; at least a byte for the introduction point
 */
public record Introduce1(Ed25519Identity authKey, ExtensionList extensions, Bytes encrypted)
    implements RelayMessage {
  /** Most bytes of a body that C tor passes on, whatever format the circuit has. */
  public static final int MAX_LENGTH = 490;

  /** All of a body before the encrypted part, if there are no extensions: 56 bytes. */
  public static Bytes clearPart(Ed25519Identity authKey) {
    return IntroduceBody.clearPart(authKey, ExtensionList.EMPTY);
  }

  /** Reads a body. */
  public static Introduce1 decode(ByteReader in) throws MalformedException {
    return IntroduceBody.decode(in, Introduce1::new);
  }

  /** All of the body before the encrypted part, which the MAC in that covers. */
  public Bytes clearPart() {
    return IntroduceBody.clearPart(authKey, extensions);
  }

  /** The same for the service. */
  public Introduce2 toService() {
    return new Introduce2(authKey, extensions, encrypted);
  }

  @Override
  public int command() {
    return RelayCommand.INTRODUCE1;
  }

  @Override
  public void encode(ByteWriter out) {
    out.bytes(clearPart()).bytes(encrypted);
  }

  /** Nothing of the key. */
  @Override
  public String toString() {
    return "Introduce1";
  }
}
