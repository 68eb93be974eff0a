package org.tunic.crypto.handshake.ntor;

import java.security.SecureRandom;
import java.util.List;
import org.tunic.crypto.bytes.ByteReader;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.handshake.HandshakeFailedException;
import org.tunic.crypto.handshake.RelayAnswer;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.crypto.key.NtorOnionKeypair;
import org.tunic.crypto.key.NtorPublicKey;
import org.tunic.crypto.secret.ConstantTime;
import org.tunic.crypto.secret.SecretBytes;

/**
 * The relay's side of ntor.
 *
 * <p>An unknown onion key gets an answer all the same, made with a key of no use, as C tor does:
 * the client learns from an AUTH that does not verify.
 *
 * <p>Spec: tor-spec/create-created-cells#ntor
 *
 * <p>Threads: any, because it has no state; costs some 150 µs.
 */
public final class NtorRelay {
  private NtorRelay() {}

  /**
   * Answers an ntor onion skin.
   *
   * @param onionSkin ID | B | X, 84 bytes
   * @param identity our own RSA identity
   * @param onionKeys our onion keys, the current one and those it replaced lately; all are scanned
   * @return Y | AUTH, 64 bytes, and the keys
   * @throws HandshakeFailedException if the length or the identity is wrong or X has a small order
   */
  public static RelayAnswer answer(
      byte[] onionSkin, RsaIdentity identity, List<NtorOnionKeypair> onionKeys, SecureRandom random)
      throws HandshakeFailedException {
    try (NtorOnionKeypair ephemeral = NtorOnionKeypair.generate(random);
        NtorOnionKeypair junk = NtorOnionKeypair.generate(random)) {
      return answer(onionSkin, identity, onionKeys, ephemeral, junk);
    }
  }

  /** With the ephemeral and the useless key given; for vectors. */
  static RelayAnswer answer(
      byte[] onionSkin,
      RsaIdentity identity,
      List<NtorOnionKeypair> onionKeys,
      NtorOnionKeypair ephemeral,
      NtorOnionKeypair junk)
      throws HandshakeFailedException {
    RsaIdentity wanted;
    NtorPublicKey b;
    NtorPublicKey x;
    try {
      ByteReader in = new ByteReader(onionSkin);
      wanted = new RsaIdentity(in.bytes(RsaIdentity.LENGTH));
      b = new NtorPublicKey(in.bytes(NtorPublicKey.LENGTH));
      x = new NtorPublicKey(in.bytes(NtorPublicKey.LENGTH));
      in.expectEnd();
    } catch (MalformedException e) {
      throw new HandshakeFailedException();
    }
    if (!wanted.equals(identity)) {
      throw new HandshakeFailedException();
    }
    NtorOnionKeypair onionKey = junk;
    for (NtorOnionKeypair candidate : onionKeys) {
      if (candidate.publicKey().equals(b)) {
        onionKey = candidate;
      }
    }
    byte[] xy = ephemeral.agree(x.bytes().toArray());
    byte[] xb = onionKey.agree(x.bytes().toArray());
    try (var result = Ntor.compute(xy, xb, identity, b, x, ephemeral.publicKey())) {
      boolean xyZero = ConstantTime.isZero(xy);
      boolean xbZero = ConstantTime.isZero(xb);
      if (xyZero || xbZero) {
        throw new HandshakeFailedException();
      }
      return new RelayAnswer(
          new ByteWriter(Ntor.REPLY_LENGTH)
              .bytes(ephemeral.publicKey().bytes())
              .bytes(result.auth())
              .toBytes(),
          result.keySeed());
    } finally {
      SecretBytes.wipe(xy);
      SecretBytes.wipe(xb);
    }
  }
}
