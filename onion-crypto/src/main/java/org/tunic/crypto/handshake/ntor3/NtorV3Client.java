package org.tunic.crypto.handshake.ntor3;

import java.security.SecureRandom;
import java.util.Arrays;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.handshake.HandshakeFailedException;
import org.tunic.crypto.handshake.KeySeed;
import org.tunic.crypto.identity.Ed25519Identity;
import org.tunic.crypto.key.NtorOnionKeypair;
import org.tunic.crypto.key.NtorPublicKey;
import org.tunic.crypto.secret.ConstantTime;
import org.tunic.crypto.secret.SecretBytes;

/**
 * The client's side of ntor v3, waiting for the answer.
 *
 * <p>Spec: tor-spec/create-created-cells#ntor-v3
 *
 * <p>Threads: its owner's.
 */
public final class NtorV3Client implements AutoCloseable {
  private final Ed25519Identity relay;
  private final NtorPublicKey onionKey;
  private final NtorOnionKeypair ephemeral;
  private final byte[] verification;
  private final SecretBytes bx;
  private final byte[] encryptedMessage;
  private final byte[] mac;

  private NtorV3Client(
      Ed25519Identity relay,
      NtorPublicKey onionKey,
      Bytes message,
      Bytes verification,
      NtorOnionKeypair ephemeral) {
    this.relay = relay;
    this.onionKey = onionKey;
    this.ephemeral = ephemeral;
    this.verification = verification.toArray();
    this.bx = SecretBytes.takeOwnership(ephemeral.agree(onionKey.bytes().toArray()));
    try (var phase =
        new NtorV3.PhaseOne(
            bx.borrow(), relay, onionKey, ephemeral.publicKey(), this.verification)) {
      this.encryptedMessage = phase.crypt(message.toArray());
      this.mac = phase.mac(encryptedMessage);
    }
  }

  /**
   * Chooses an ephemeral key for a handshake with {@code relay}, whose onion key is given.
   *
   * @param message what only the relay will read; any length that the cell has room for
   * @param verification the purpose, which the relay must expect: for circuits {@code circuit
   *     extend}
   */
  public static NtorV3Client begin(
      Ed25519Identity relay,
      NtorPublicKey onionKey,
      Bytes message,
      Bytes verification,
      SecureRandom random) {
    return begin(relay, onionKey, message, verification, NtorOnionKeypair.generate(random));
  }

  /** With an ephemeral key that is given and owned; for vectors. */
  static NtorV3Client begin(
      Ed25519Identity relay,
      NtorPublicKey onionKey,
      Bytes message,
      Bytes verification,
      NtorOnionKeypair ephemeral) {
    return new NtorV3Client(relay, onionKey, message, verification, ephemeral);
  }

  /** ID | B | X | encrypted message | MAC: 128 bytes and the message. */
  public Bytes onionSkin() {
    return new ByteWriter(NtorV3.HEAD_LENGTH + encryptedMessage.length + NtorV3.MAC_LENGTH)
        .bytes(relay.bytes())
        .bytes(onionKey.bytes())
        .bytes(ephemeral.publicKey().bytes())
        .bytes(encryptedMessage)
        .bytes(mac)
        .toBytes();
  }

  /**
   * What a finished handshake brought. Threads: its owner's, who closes it and with it the keys.
   */
  public static final class Result implements AutoCloseable {
    private final Bytes message;
    private final KeySeed keySeed;

    private Result(Bytes message, KeySeed keySeed) {
      this.message = message;
      this.keySeed = keySeed;
    }

    /** The relay's message. */
    public Bytes message() {
      return message;
    }

    /** The keys; closed with this result. */
    public KeySeed keySeed() {
      return keySeed;
    }

    /** Wipes the keys. */
    @Override
    public void close() {
      keySeed.close();
    }
  }

  /**
   * Takes the handshake data of CREATED2 or EXTENDED2 and closes this object.
   *
   * @param reply Y | AUTH | encrypted message, at least 64 bytes
   * @throws HandshakeFailedException if the reply is too short or AUTH is wrong or a key has a
   *     small order
   */
  public Result finish(byte[] reply) throws HandshakeFailedException {
    try (this) {
      int head = NtorPublicKey.LENGTH + NtorV3.MAC_LENGTH;
      if (reply.length < head) {
        throw new HandshakeFailedException();
      }
      byte[] y = Arrays.copyOf(reply, NtorPublicKey.LENGTH);
      byte[] encrypted = Arrays.copyOfRange(reply, head, reply.length);
      byte[] yx = ephemeral.agree(y);
      try (var phase =
          new NtorV3.PhaseTwo(
              yx,
              bx.borrow(),
              relay,
              onionKey,
              ephemeral.publicKey(),
              NtorPublicKey.of(y),
              mac,
              verification)) {
        // All three are evaluated before the one branch, so that time does not tell which failed.
        boolean authGood =
            ConstantTime.equals(
                phase.auth(encrypted), 0, reply, NtorPublicKey.LENGTH, NtorV3.MAC_LENGTH);
        boolean yxZero = ConstantTime.isZero(yx);
        boolean bxZero = ConstantTime.isZero(bx.borrow());
        if (!authGood || yxZero || bxZero) {
          throw new HandshakeFailedException();
        }
        return new Result(Bytes.copyOf(phase.crypt(encrypted)), phase.keySeed());
      } finally {
        SecretBytes.wipe(yx);
      }
    }
  }

  /** Wipes the secrets. */
  @Override
  public void close() {
    ephemeral.close();
    bx.close();
  }
}
