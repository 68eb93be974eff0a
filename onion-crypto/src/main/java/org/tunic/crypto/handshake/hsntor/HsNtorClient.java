package org.tunic.crypto.handshake.hsntor;

import java.security.SecureRandom;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.handshake.HandshakeFailedException;
import org.tunic.crypto.hs.Subcredential;
import org.tunic.crypto.key.NtorOnionKeypair;
import org.tunic.crypto.key.NtorPublicKey;
import org.tunic.crypto.relaycell.tor1.Tor1Keys;
import org.tunic.crypto.secret.ConstantTime;
import org.tunic.crypto.secret.SecretBytes;

/**
 * The client's side of hs-ntor, from INTRODUCE1 to RENDEZVOUS2. One object for each introduction
 * attempted.
 *
 * <p>Spec: rend-spec/introduction-protocol#INTRO-HANDSHAKE-REQS, rend-spec/rendezvous-protocol
 *
 * <p>Threads: its owner's.
 */
public final class HsNtorClient implements AutoCloseable {
  /** Bytes that {@link #seal} adds to a message: X and the MAC. */
  public static final int OVERHEAD = NtorPublicKey.LENGTH + HsNtor.MAC_LENGTH;

  private final IntroPointKeys intro;
  private final NtorOnionKeypair ephemeral;
  private final SecretBytes bx;
  private final HsNtor.IntroduceKeys keys;

  private HsNtorClient(
      IntroPointKeys intro, NtorOnionKeypair ephemeral, Subcredential subcredential) {
    this.intro = intro;
    this.ephemeral = ephemeral;
    this.bx = SecretBytes.takeOwnership(ephemeral.agree(intro.encKey().bytes().toArray()));
    this.keys = new HsNtor.IntroduceKeys(bx.borrow(), intro, ephemeral.publicKey(), subcredential);
  }

  /**
   * Chooses an ephemeral key for one introduction.
   *
   * @throws HandshakeFailedException if the introduction point's encryption key has a small order:
   *     try another one
   */
  public static HsNtorClient begin(
      IntroPointKeys intro, Subcredential subcredential, SecureRandom random)
      throws HandshakeFailedException {
    return begin(intro, subcredential, NtorOnionKeypair.generate(random));
  }

  /** With an ephemeral key that is given and owned; for vectors. */
  static HsNtorClient begin(
      IntroPointKeys intro, Subcredential subcredential, NtorOnionKeypair ephemeral)
      throws HandshakeFailedException {
    HsNtorClient client = new HsNtorClient(intro, ephemeral, subcredential);
    if (ConstantTime.isZero(client.bx.borrow())) {
      client.close();
      throw new HandshakeFailedException();
    }
    return client;
  }

  /**
   * The ENCRYPTED part of INTRODUCE1: X | encrypted message | MAC.
   *
   * @param clearPart all of INTRODUCE1 before it, which the MAC covers too
   * @param message what only the service may read
   */
  public Bytes seal(Bytes clearPart, Bytes message) {
    byte[] encrypted = keys.crypt(message.toArray());
    return new ByteWriter(encrypted.length + OVERHEAD)
        .bytes(ephemeral.publicKey().bytes())
        .bytes(encrypted)
        .bytes(keys.mac(clearPart, ephemeral.publicKey(), encrypted))
        .toBytes();
  }

  /**
   * Takes the handshake information of RENDEZVOUS2 and closes this object.
   *
   * @param handshakeInfo Y | AUTH, 64 bytes
   * @return the keys of the hop to the service, as its client uses them
   * @throws HandshakeFailedException if the length or AUTH is wrong or Y has a small order
   */
  public Tor1Keys finish(Bytes handshakeInfo) throws HandshakeFailedException {
    try (this) {
      if (handshakeInfo.length() != HsNtor.HANDSHAKE_INFO_LENGTH) {
        throw new HandshakeFailedException();
      }
      NtorPublicKey y = new NtorPublicKey(handshakeInfo.slice(0, NtorPublicKey.LENGTH));
      byte[] auth = handshakeInfo.slice(NtorPublicKey.LENGTH, HsNtor.MAC_LENGTH).toArray();
      byte[] yx = ephemeral.agree(y.bytes().toArray());
      try (var result = new HsNtor.Rendezvous(yx, bx.borrow(), intro, ephemeral.publicKey(), y)) {
        boolean authGood = ConstantTime.equals(result.auth(), auth);
        boolean yxZero = ConstantTime.isZero(yx);
        if (!authGood || yxZero) {
          throw new HandshakeFailedException();
        }
        return result.clientKeys();
      } finally {
        SecretBytes.wipe(yx);
      }
    }
  }

  HsNtor.IntroduceKeys keys() {
    return keys;
  }

  /** Wipes the secrets. */
  @Override
  public void close() {
    ephemeral.close();
    bx.close();
    keys.close();
  }
}
