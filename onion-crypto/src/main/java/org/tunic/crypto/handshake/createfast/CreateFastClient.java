package org.tunic.crypto.handshake.createfast;

import java.security.SecureRandom;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.handshake.HandshakeFailedException;
import org.tunic.crypto.handshake.KeySeed;
import org.tunic.crypto.secret.ConstantTime;
import org.tunic.crypto.secret.SecretBytes;

/**
 * The client's side of CREATE_FAST, waiting for the answer.
 *
 * <p>Spec: tor-spec/create-created-cells#create_fast
 *
 * <p>Threads: its owner's.
 */
public final class CreateFastClient implements AutoCloseable {
  private final SecretBytes x;

  private CreateFastClient(SecretBytes x) {
    this.x = x;
  }

  /** Chooses X. */
  public static CreateFastClient begin(SecureRandom random) {
    byte[] x = new byte[CreateFast.KEY_LENGTH];
    random.nextBytes(x);
    return new CreateFastClient(SecretBytes.takeOwnership(x));
  }

  /** X, 20 bytes: the body of CREATE_FAST. */
  public Bytes onionSkin() {
    return Bytes.copyOf(x.borrow());
  }

  /**
   * Takes the body of CREATED_FAST and closes this object.
   *
   * @param reply at least 40 bytes: Y | KH, then padding
   * @throws HandshakeFailedException if it is shorter or KH is wrong
   */
  public KeySeed finish(byte[] reply) throws HandshakeFailedException {
    try (this) {
      if (reply.length < CreateFast.REPLY_LENGTH) {
        throw new HandshakeFailedException();
      }
      KeySeed seed = CreateFast.derive(x.borrow(), reply);
      byte[] binding = seed.circuitBinding().borrow();
      if (!ConstantTime.equals(binding, 0, reply, CreateFast.KEY_LENGTH, KeySeed.BINDING_LENGTH)) {
        seed.close();
        throw new HandshakeFailedException();
      }
      return seed;
    }
  }

  /** Wipes X. */
  @Override
  public void close() {
    x.close();
  }
}
