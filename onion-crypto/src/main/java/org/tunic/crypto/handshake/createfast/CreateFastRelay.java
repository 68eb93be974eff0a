package org.tunic.crypto.handshake.createfast;

import java.security.SecureRandom;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.handshake.HandshakeFailedException;
import org.tunic.crypto.handshake.KeySeed;
import org.tunic.crypto.handshake.RelayAnswer;

/**
 * The relay's side of CREATE_FAST.
 *
 * <p>Spec: tor-spec/create-created-cells#create_fast
 *
 * <p>Threads: any, because it has no state.
 */
public final class CreateFastRelay {
  private CreateFastRelay() {}

  /**
   * Answers a CREATE_FAST.
   *
   * @param onionSkin the cell's body; X is its first 20 bytes, the rest padding
   * @return Y | KH, 40 bytes, and the keys
   * @throws HandshakeFailedException if the body is shorter than 20 bytes
   */
  public static RelayAnswer answer(byte[] onionSkin, SecureRandom random)
      throws HandshakeFailedException {
    if (onionSkin.length < CreateFast.KEY_LENGTH) {
      throw new HandshakeFailedException();
    }
    byte[] y = new byte[CreateFast.KEY_LENGTH];
    random.nextBytes(y);
    KeySeed seed = CreateFast.derive(onionSkin, y);
    return new RelayAnswer(
        new ByteWriter(CreateFast.REPLY_LENGTH)
            .bytes(y)
            .bytes(seed.circuitBinding().borrow())
            .toBytes(),
        seed);
  }
}
