package org.tunic.crypto.hs;

import java.security.SecureRandom;
import java.util.Locale;
import org.tunic.crypto.bytes.Base32;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.key.NtorOnionKeypair;
import org.tunic.crypto.secret.ConstantTime;
import org.tunic.crypto.secret.SecretBytes;

/**
 * A client's key for services that authorise their clients (x25519).
 *
 * <p>Its file form is {@code .auth_private}: {@code ADDRESS:descriptor:x25519:} and the secret in
 * base32, the address without {@code .onion}.
 *
 * <p>Spec: rend-spec/client-authorization
 *
 * <p>Threads: immutable until closed by its owner.
 */
public final class HsClientKeypair implements AutoCloseable {
  private static final int FIELDS = 4;

  private final NtorOnionKeypair keypair;

  private HsClientKeypair(NtorOnionKeypair keypair) {
    this.keypair = keypair;
  }

  /** What a {@code .auth_private} file says: the service and our key for it, which it owns. */
  public static final class ForService implements AutoCloseable {
    private final HsId service;
    private final HsClientKeypair keypair;

    private ForService(HsId service, HsClientKeypair keypair) {
      this.service = service;
      this.keypair = keypair;
    }

    /** The service. */
    public HsId service() {
      return service;
    }

    /** Our key; closed with this object. */
    public HsClientKeypair keypair() {
      return keypair;
    }

    @Override
    public void close() {
      keypair.close();
    }
  }

  /** A new key pair. */
  public static HsClientKeypair generate(SecureRandom random) {
    return new HsClientKeypair(NtorOnionKeypair.generate(random));
  }

  /**
   * From a secret of 32 bytes, which is copied.
   *
   * @throws MalformedException if it has another length or is all zero
   */
  public static HsClientKeypair fromSecret(byte[] secret) throws MalformedException {
    if (ConstantTime.isZero(secret)) {
      throw new MalformedException("a client authorisation secret is zero");
    }
    return new HsClientKeypair(NtorOnionKeypair.fromSecret(secret));
  }

  /**
   * Reads a secret in base32, 52 characters.
   *
   * @throws MalformedException if it is anything else
   */
  public static HsClientKeypair fromBase32(String text) throws MalformedException {
    if (text.length() != HsClientPublicKey.BASE32_LENGTH) {
      throw new MalformedException("a client authorisation key has 52 characters");
    }
    byte[] secret = Base32.decode(text);
    try {
      return fromSecret(secret);
    } finally {
      SecretBytes.wipe(secret);
    }
  }

  /**
   * Reads the contents of a {@code .auth_private} file; white space around the fields is left out.
   *
   * @throws MalformedException if it has another form, or a type that is not known
   */
  public static ForService parsePrivateFile(String contents) throws MalformedException {
    String[] fields = contents.strip().split(":", -1);
    if (fields.length != FIELDS) {
      throw new MalformedException("a client authorisation has four fields");
    }
    HsId service = HsId.parse(fields[0].strip());
    HsClientPublicKey.checkTypes(fields[1].strip(), fields[2].strip());
    return new ForService(service, fromBase32(fields[3].strip()));
  }

  /** The contents of the {@code .auth_private} file for {@code service}, without a line end. */
  public String privateFile(HsId service) {
    return service.unredacted()
        + ":descriptor:x25519:"
        + Base32.encode(secret().borrow()).toUpperCase(Locale.ROOT);
  }

  /** The public half, for the service. */
  public HsClientPublicKey publicKey() {
    return new HsClientPublicKey(keypair.publicKey());
  }

  /** The clamped secret, 32 bytes, for whoever keeps it. Borrowed. */
  public SecretBytes secret() {
    return keypair.secret();
  }

  NtorOnionKeypair keypair() {
    return keypair;
  }

  /** Wipes the secret. */
  @Override
  public void close() {
    keypair.close();
  }
}
