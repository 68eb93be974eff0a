package org.tunic.crypto.handshake.hsntor;

import java.security.SecureRandom;
import java.util.List;
import org.tunic.crypto.bytes.ByteReader;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.handshake.HandshakeFailedException;
import org.tunic.crypto.hs.Subcredential;
import org.tunic.crypto.identity.Ed25519Identity;
import org.tunic.crypto.key.NtorOnionKeypair;
import org.tunic.crypto.key.NtorPublicKey;
import org.tunic.crypto.relaycell.tor1.Tor1Keys;
import org.tunic.crypto.secret.ConstantTime;
import org.tunic.crypto.secret.SecretBytes;

/**
 * The service's side of hs-ntor: an INTRODUCE2 that is opened and waits for the service to decide.
 *
 * <p>Spec: rend-spec/introduction-protocol#INTRO-HANDSHAKE-REQS, rend-spec/rendezvous-protocol
 *
 * <p>Threads: its owner's.
 */
public final class HsNtorService implements AutoCloseable {
  private final IntroPointKeys intro;
  private final NtorPublicKey x;
  private final SecretBytes xb;
  private final Bytes message;

  private HsNtorService(IntroPointKeys intro, NtorPublicKey x, SecretBytes xb, Bytes message) {
    this.intro = intro;
    this.x = x;
    this.xb = xb;
    this.message = message;
  }

  /** The service's answer: what to send, and the keys of the hop to the client. */
  public static final class Answer implements AutoCloseable {
    private final Bytes handshakeInfo;
    private final Tor1Keys keys;

    private Answer(Bytes handshakeInfo, Tor1Keys keys) {
      this.handshakeInfo = handshakeInfo;
      this.keys = keys;
    }

    /** Y | AUTH, 64 bytes, for RENDEZVOUS1. */
    public Bytes handshakeInfo() {
      return handshakeInfo;
    }

    /** The keys with forward and backward as the service, origin of its circuit, uses them. */
    public Tor1Keys keys() {
      return keys;
    }

    /** Wipes the keys. */
    @Override
    public void close() {
      keys.close();
    }
  }

  /**
   * Opens the ENCRYPTED part of an INTRODUCE2.
   *
   * @param authKey the key the introduction point was established with
   * @param encKey the encryption key pair of the introduction point
   * @param subcredentials those a client may have used: one, or those of all front-end services of
   *     an onionbalance instance; each is tried
   * @param clearPart all of INTRODUCE2 before it
   * @param sealed X | encrypted message | MAC, at least 64 bytes
   * @throws HandshakeFailedException if it is too short, its MAC is wrong under every subcredential
   *     or X has a small order
   */
  public static HsNtorService open(
      Ed25519Identity authKey,
      NtorOnionKeypair encKey,
      List<Subcredential> subcredentials,
      Bytes clearPart,
      Bytes sealed)
      throws HandshakeFailedException {
    IntroPointKeys intro = new IntroPointKeys(authKey, encKey.publicKey());
    NtorPublicKey x;
    byte[] encrypted;
    byte[] mac;
    try {
      ByteReader in = sealed.reader();
      x = new NtorPublicKey(in.bytes(NtorPublicKey.LENGTH));
      encrypted = in.array(in.remaining() - HsNtor.MAC_LENGTH);
      mac = in.array(HsNtor.MAC_LENGTH);
    } catch (MalformedException e) {
      throw new HandshakeFailedException();
    }
    SecretBytes xb = SecretBytes.takeOwnership(encKey.agree(x.bytes().toArray()));
    boolean xbZero = ConstantTime.isZero(xb.borrow());
    Bytes message = null;
    for (Subcredential subcredential : subcredentials) {
      try (var keys = new HsNtor.IntroduceKeys(xb.borrow(), intro, x, subcredential)) {
        if (ConstantTime.equals(keys.mac(clearPart, x, encrypted), mac)) {
          message = Bytes.copyOf(keys.crypt(encrypted));
        }
      }
    }
    if (message == null || xbZero) {
      xb.close();
      throw new HandshakeFailedException();
    }
    return new HsNtorService(intro, x, xb, message);
  }

  /** The client's message. */
  public Bytes message() {
    return message;
  }

  /**
   * Answers, and closes this object.
   *
   * @throws HandshakeFailedException if X has a small order
   */
  public Answer answer(SecureRandom random) throws HandshakeFailedException {
    try (NtorOnionKeypair ephemeral = NtorOnionKeypair.generate(random)) {
      return answer(ephemeral);
    }
  }

  /** With the ephemeral key given; for vectors. */
  Answer answer(NtorOnionKeypair ephemeral) throws HandshakeFailedException {
    try (this) {
      byte[] xy = ephemeral.agree(x.bytes().toArray());
      NtorPublicKey y = ephemeral.publicKey();
      try (var result = new HsNtor.Rendezvous(xy, xb.borrow(), intro, x, y);
          Tor1Keys clientKeys = result.clientKeys()) {
        if (ConstantTime.isZero(xy)) {
          throw new HandshakeFailedException();
        }
        Bytes info =
            new ByteWriter(HsNtor.HANDSHAKE_INFO_LENGTH)
                .bytes(y.bytes())
                .bytes(result.auth())
                .toBytes();
        return new Answer(info, clientKeys.reversed());
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
