package org.tunic.router.cell;

import java.nio.charset.StandardCharsets;
import org.tunic.crypto.bytes.ByteReader;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.digest.Sha3Mac;
import org.tunic.crypto.identity.Ed25519Identity;
import org.tunic.crypto.key.Ed25519;
import org.tunic.crypto.key.Ed25519Keypair;
import org.tunic.crypto.secret.ConstantTime;
import org.tunic.crypto.secret.SecretBytes;

/**
 * ESTABLISH_INTRO: a service asks the last hop to be its introduction point. {@code authKeyType:u8
 * length:u16 authKey extensions handshakeAuth:32 length:u16 signature}
 *
 * <p>Trust is two checks: the signature says that the sender has the key, the MAC under the
 * circuit's KH that the message was made for this circuit. {@link #isGenuine} does both.
 *
 * <p>Spec: rend-spec/introduction-protocol#EST_INTRO
 *
 * <p>Threads: immutable.
 *
 * @param authKey the key that names the introduction point, AUTH_KEY
 * @param extensions {@link IntroDos} and what is not known
 * @param handshakeAuth the MAC, 32 bytes
 * @param signature 64 bytes
 */
public record EstablishIntro(
    Ed25519Identity authKey, ExtensionList extensions, Bytes handshakeAuth, Bytes signature)
    implements RelayMessage {
  /** Type of an Ed25519 authentication key; 0 and 1 were those of version 2 services. */
  static final int AUTH_KEY_ED25519 = 2;

  private static final byte[] SIGNATURE_PREFIX =
      "Tor establish-intro cell v1".getBytes(StandardCharsets.US_ASCII);

  /** Checks the lengths. */
  public EstablishIntro {
    if (handshakeAuth.length() != Sha3Mac.LENGTH
        || signature.length() != Ed25519.SIGNATURE_LENGTH) {
      throw new IllegalArgumentException("MAC or signature of the wrong length");
    }
  }

  /**
   * Makes the message.
   *
   * @param authKey a key of this introduction point alone
   * @param circuitBinding KH of the last hop, 20 bytes
   */
  public static EstablishIntro sign(
      Ed25519Keypair authKey, ExtensionList extensions, SecretBytes circuitBinding) {
    byte[] head = head(authKey.identity(), extensions);
    byte[] mac = Sha3Mac.of(circuitBinding.borrow(), head);
    byte[] signature = authKey.sign(signedBytes(head, mac));
    return new EstablishIntro(
        authKey.identity(), extensions, Bytes.copyOf(mac), Bytes.copyOf(signature));
  }

  /** Reads a body. A key that is not Ed25519 is refused: nobody makes such services any more. */
  public static EstablishIntro decode(ByteReader in) throws MalformedException {
    Ed25519Identity authKey = decodeAuthKey(in);
    ExtensionList extensions = ExtensionList.decode(in);
    Bytes handshakeAuth = in.bytes(Sha3Mac.LENGTH);
    if (in.u16() != Ed25519.SIGNATURE_LENGTH) {
      throw new MalformedException("signature of the wrong length");
    }
    return new EstablishIntro(
        authKey, extensions, handshakeAuth, in.bytes(Ed25519.SIGNATURE_LENGTH));
  }

  static Ed25519Identity decodeAuthKey(ByteReader in) throws MalformedException {
    if (in.u8() != AUTH_KEY_ED25519 || in.u16() != Ed25519Identity.LENGTH) {
      throw new MalformedException("authentication key of another type or length");
    }
    return new Ed25519Identity(in.bytes(Ed25519Identity.LENGTH));
  }

  static void encodeAuthKey(Ed25519Identity authKey, ByteWriter out) {
    out.u8(AUTH_KEY_ED25519).u16(Ed25519Identity.LENGTH).bytes(authKey.bytes());
  }

  /**
   * Whether signature and MAC are right.
   *
   * @param circuitBinding KH of this hop of the circuit it came on, 20 bytes
   */
  public boolean isGenuine(SecretBytes circuitBinding) {
    byte[] head = head(authKey, extensions);
    byte[] mac = handshakeAuth.toArray();
    boolean signed = Ed25519.verify(authKey, signedBytes(head, mac), signature);
    boolean macGood = ConstantTime.equals(Sha3Mac.of(circuitBinding.borrow(), head), mac);
    return signed && macGood;
  }

  private static byte[] head(Ed25519Identity authKey, ExtensionList extensions) {
    ByteWriter head = new ByteWriter(64);
    encodeAuthKey(authKey, head);
    return head.bytes(extensions.encode()).toArray();
  }

  private static byte[] signedBytes(byte[] head, byte[] mac) {
    return new ByteWriter(SIGNATURE_PREFIX.length + head.length + mac.length)
        .bytes(SIGNATURE_PREFIX)
        .bytes(head)
        .bytes(mac)
        .toArray();
  }

  @Override
  public int command() {
    return RelayCommand.ESTABLISH_INTRO;
  }

  @Override
  public void encode(ByteWriter out) {
    out.bytes(head(authKey, extensions))
        .bytes(handshakeAuth)
        .u16(signature.length())
        .bytes(signature);
  }

  /** Nothing of the key. */
  @Override
  public String toString() {
    return "EstablishIntro";
  }
}
