package org.tunic.crypto.handshake.ntor3;

import java.security.SecureRandom;
import java.util.List;
import org.tunic.crypto.bytes.ByteReader;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.handshake.HandshakeFailedException;
import org.tunic.crypto.handshake.RelayAnswer;
import org.tunic.crypto.identity.Ed25519Identity;
import org.tunic.crypto.key.NtorOnionKeypair;
import org.tunic.crypto.key.NtorPublicKey;
import org.tunic.crypto.secret.ConstantTime;
import org.tunic.crypto.secret.SecretBytes;

/**
 * The relay's side of ntor v3: an onion skin that is opened and waits for what to answer.
 *
 * <p>Unlike ntor, an onion skin for another onion key or identity is refused here already: its MAC
 * does not verify.
 *
 * <p>Spec: tor-spec/create-created-cells#ntor-v3
 *
 * <p>Threads: its owner's; both steps together cost some 150 µs.
 */
public final class NtorV3Relay implements AutoCloseable {
  private final Ed25519Identity identity;
  private final NtorPublicKey onionKey;
  private final NtorPublicKey x;
  private final byte[] mac;
  private final byte[] verification;
  private final SecretBytes xb;
  private final Bytes message;

  private NtorV3Relay(
      Ed25519Identity identity,
      NtorPublicKey onionKey,
      NtorPublicKey x,
      byte[] mac,
      byte[] verification,
      SecretBytes xb,
      Bytes message) {
    this.identity = identity;
    this.onionKey = onionKey;
    this.x = x;
    this.mac = mac;
    this.verification = verification;
    this.xb = xb;
    this.message = message;
  }

  /**
   * Opens an onion skin.
   *
   * @param onionSkin ID | B | X | encrypted message | MAC, at least 128 bytes
   * @param identity our own Ed25519 identity
   * @param onionKeys our onion keys, the current one and those it replaced lately; all are scanned
   * @param verification the purpose that the client must have meant
   * @throws HandshakeFailedException if it is too short or not for us, if its MAC is wrong or X has
   *     a small order
   */
  public static NtorV3Relay open(
      byte[] onionSkin,
      Ed25519Identity identity,
      List<NtorOnionKeypair> onionKeys,
      Bytes verification,
      SecureRandom random)
      throws HandshakeFailedException {
    Ed25519Identity wanted;
    NtorPublicKey b;
    NtorPublicKey x;
    byte[] encrypted;
    byte[] mac;
    try {
      ByteReader in = new ByteReader(onionSkin);
      wanted = new Ed25519Identity(in.bytes(Ed25519Identity.LENGTH));
      b = new NtorPublicKey(in.bytes(NtorPublicKey.LENGTH));
      x = new NtorPublicKey(in.bytes(NtorPublicKey.LENGTH));
      encrypted = in.array(in.remaining() - NtorV3.MAC_LENGTH);
      mac = in.array(NtorV3.MAC_LENGTH);
    } catch (MalformedException e) {
      throw new HandshakeFailedException();
    }
    byte[] purpose = verification.toArray();
    // A key of no use stands in for one that we do not have, so that time does not tell.
    try (NtorOnionKeypair junk = NtorOnionKeypair.generate(random)) {
      NtorOnionKeypair onionKey = junk;
      for (NtorOnionKeypair candidate : onionKeys) {
        if (candidate.publicKey().equals(b)) {
          onionKey = candidate;
        }
      }
      SecretBytes xb = SecretBytes.takeOwnership(onionKey.agree(x.bytes().toArray()));
      try (var phase = new NtorV3.PhaseOne(xb.borrow(), identity, b, x, purpose)) {
        boolean forUs = wanted.equals(identity);
        boolean macGood = ConstantTime.equals(phase.mac(encrypted), mac);
        boolean xbZero = ConstantTime.isZero(xb.borrow());
        if (!forUs || !macGood || xbZero) {
          xb.close();
          throw new HandshakeFailedException();
        }
        Bytes message = Bytes.copyOf(phase.crypt(encrypted));
        return new NtorV3Relay(identity, b, x, mac, purpose, xb, message);
      }
    }
  }

  /** The client's message. */
  public Bytes message() {
    return message;
  }

  /**
   * Answers, and closes this object.
   *
   * @param reply our message to the client; any length that the cell has room for
   * @return Y | AUTH | encrypted message, 64 bytes and the message, and the keys
   * @throws HandshakeFailedException if X has a small order
   */
  public RelayAnswer answer(Bytes reply, SecureRandom random) throws HandshakeFailedException {
    try (NtorOnionKeypair ephemeral = NtorOnionKeypair.generate(random)) {
      return answer(reply, ephemeral);
    }
  }

  /** With the ephemeral key given; for vectors. */
  RelayAnswer answer(Bytes reply, NtorOnionKeypair ephemeral) throws HandshakeFailedException {
    try (this) {
      byte[] xy = ephemeral.agree(x.bytes().toArray());
      NtorPublicKey y = ephemeral.publicKey();
      try (var phase =
          new NtorV3.PhaseTwo(xy, xb.borrow(), identity, onionKey, x, y, mac, verification)) {
        if (ConstantTime.isZero(xy)) {
          throw new HandshakeFailedException();
        }
        byte[] encrypted = phase.crypt(reply.toArray());
        return new RelayAnswer(
            new ByteWriter(NtorPublicKey.LENGTH + NtorV3.MAC_LENGTH + encrypted.length)
                .bytes(y.bytes())
                .bytes(phase.auth(encrypted))
                .bytes(encrypted)
                .toBytes(),
            phase.keySeed());
      } finally {
        SecretBytes.wipe(xy);
      }
    }
  }

  /** Wipes the secret. */
  @Override
  public void close() {
    xb.close();
  }
}
