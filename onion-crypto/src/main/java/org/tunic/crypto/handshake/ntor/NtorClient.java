package org.tunic.crypto.handshake.ntor;

import java.security.SecureRandom;
import java.util.Arrays;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.handshake.HandshakeFailedException;
import org.tunic.crypto.handshake.KeySeed;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.crypto.key.NtorOnionKeypair;
import org.tunic.crypto.key.NtorPublicKey;
import org.tunic.crypto.secret.ConstantTime;
import org.tunic.crypto.secret.SecretBytes;

/**
 * The client's side of ntor, waiting for the answer.
 *
 * <p>Spec: tor-spec/create-created-cells#ntor
 *
 * <p>Threads: its owner's.
 */
public final class NtorClient implements AutoCloseable {
  private final RsaIdentity relay;
  private final NtorPublicKey onionKey;
  private final NtorOnionKeypair ephemeral;

  private NtorClient(RsaIdentity relay, NtorPublicKey onionKey, NtorOnionKeypair ephemeral) {
    this.relay = relay;
    this.onionKey = onionKey;
    this.ephemeral = ephemeral;
  }

  /** Chooses an ephemeral key for a handshake with {@code relay}, whose onion key is given. */
  public static NtorClient begin(RsaIdentity relay, NtorPublicKey onionKey, SecureRandom random) {
    return begin(relay, onionKey, NtorOnionKeypair.generate(random));
  }

  /** With an ephemeral key that is given and owned; for vectors. */
  static NtorClient begin(RsaIdentity relay, NtorPublicKey onionKey, NtorOnionKeypair ephemeral) {
    return new NtorClient(relay, onionKey, ephemeral);
  }

  /** ID | B | X, 84 bytes. */
  public Bytes onionSkin() {
    return new ByteWriter(Ntor.ONION_SKIN_LENGTH)
        .bytes(relay.bytes())
        .bytes(onionKey.bytes())
        .bytes(ephemeral.publicKey().bytes())
        .toBytes();
  }

  /**
   * Takes the handshake data of CREATED2 or EXTENDED2 and closes this object.
   *
   * @param reply Y | AUTH, 64 bytes
   * @throws HandshakeFailedException if the length or AUTH is wrong or a key has a small order
   */
  public KeySeed finish(byte[] reply) throws HandshakeFailedException {
    try (this) {
      if (reply.length != Ntor.REPLY_LENGTH) {
        throw new HandshakeFailedException();
      }
      byte[] y = Arrays.copyOf(reply, NtorPublicKey.LENGTH);
      byte[] yx = ephemeral.agree(y);
      byte[] bx = ephemeral.agree(onionKey.bytes().toArray());
      NtorPublicKey x = ephemeral.publicKey();
      try (var result = Ntor.compute(yx, bx, relay, onionKey, x, NtorPublicKey.of(y))) {
        // All three are evaluated before the one branch, so that time does not tell which failed.
        boolean authGood =
            ConstantTime.equals(result.auth(), 0, reply, NtorPublicKey.LENGTH, Ntor.AUTH_LENGTH);
        boolean yxZero = ConstantTime.isZero(yx);
        boolean bxZero = ConstantTime.isZero(bx);
        if (!authGood || yxZero || bxZero) {
          throw new HandshakeFailedException();
        }
        return result.keySeed();
      } finally {
        SecretBytes.wipe(yx);
        SecretBytes.wipe(bx);
      }
    }
  }

  /** Wipes the ephemeral secret. */
  @Override
  public void close() {
    ephemeral.close();
  }
}
