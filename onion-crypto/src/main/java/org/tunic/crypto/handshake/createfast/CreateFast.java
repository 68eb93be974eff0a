package org.tunic.crypto.handshake.createfast;

import org.tunic.crypto.handshake.KeySeed;
import org.tunic.crypto.kdf.KdfTor;
import org.tunic.crypto.secret.SecretBytes;

/** What both ends compute: KDF-TOR(X | Y) = KH | Df | Db | Kf | Kb. Threads: any. */
final class CreateFast {
  /** Bytes of X and of Y. */
  static final int KEY_LENGTH = 20;

  /** Bytes of the CREATED_FAST handshake: Y | KH. */
  static final int REPLY_LENGTH = KEY_LENGTH + KeySeed.BINDING_LENGTH;

  private CreateFast() {}

  /** {@code reply} starts with Y. */
  static KeySeed derive(byte[] x, byte[] reply) {
    byte[] k0 = new byte[2 * KEY_LENGTH];
    System.arraycopy(x, 0, k0, 0, KEY_LENGTH);
    System.arraycopy(reply, 0, k0, KEY_LENGTH, KEY_LENGTH);
    try {
      return KeySeed.split(KdfTor.derive(k0, KeySeed.NTOR_LENGTH), true);
    } finally {
      SecretBytes.wipe(k0);
    }
  }
}
