package org.tunic.crypto.hs;

import java.util.Locale;
import org.tunic.crypto.bytes.Base32;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.key.NtorPublicKey;

/**
 * The public key of a client that a service authorises (x25519), with its {@code .auth} file form:
 * {@code descriptor:x25519:} and the key in base32.
 *
 * <p>Spec: rend-spec/client-authorization
 *
 * <p>Threads: immutable.
 *
 * @param key the curve25519 public key, not all zero
 */
public record HsClientPublicKey(NtorPublicKey key) {
  /** Characters of a key in base32. */
  static final int BASE32_LENGTH = 52;

  private static final int FIELDS = 3;

  /** Refuses the key that agrees with everybody. */
  public HsClientPublicKey {
    if (key.bytes().isZero()) {
      throw new IllegalArgumentException("an authorised client's key is not zero");
    }
  }

  /**
   * Reads the contents of a {@code .auth} file; white space around the fields is left out.
   *
   * @throws MalformedException if it has another form, or a type that is not known
   */
  public static HsClientPublicKey parseAuthFile(String contents) throws MalformedException {
    String[] fields = contents.strip().split(":", -1);
    if (fields.length != FIELDS) {
      throw new MalformedException("a client authorisation has three fields");
    }
    checkTypes(fields[0].strip(), fields[1].strip());
    return fromBase32(fields[2].strip());
  }

  /**
   * Reads a key in base32, 52 characters, as in {@code ClientAuthV3=} of ADD_ONION.
   *
   * @throws MalformedException if it is anything else
   */
  public static HsClientPublicKey fromBase32(String text) throws MalformedException {
    if (text.length() != BASE32_LENGTH) {
      throw new MalformedException("a client authorisation key has 52 characters");
    }
    NtorPublicKey key = NtorPublicKey.of(Base32.decode(text));
    if (key.bytes().isZero()) {
      throw new MalformedException("a client authorisation key is zero");
    }
    return new HsClientPublicKey(key);
  }

  /** Base32, 52 upper-case characters. */
  public String base32() {
    return Base32.encode(key.bytes().toArray()).toUpperCase(Locale.ROOT);
  }

  /** The contents of its {@code .auth} file, without a line end. */
  public String authFile() {
    return "descriptor:x25519:" + base32();
  }

  static void checkTypes(String authType, String keyType) throws MalformedException {
    if (!authType.equals("descriptor") || !keyType.equals("x25519")) {
      throw new MalformedException("unknown type of client authorisation");
    }
  }

  /** Nothing of the key: it names a client. */
  @Override
  public String toString() {
    return "[client key]";
  }
}
