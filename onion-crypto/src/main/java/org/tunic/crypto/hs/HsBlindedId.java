package org.tunic.crypto.hs;

import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.identity.Ed25519Identity;

/**
 * The blinded public key of an onion service in one time period: all that a directory learns.
 *
 * <p>Who knows the onion address can link the two, so neither is printed.
 *
 * <p>Spec: rend-spec/keyblinding-scheme
 *
 * <p>Threads: immutable.
 *
 * @param key the public key that signs the descriptor signing key
 */
public record HsBlindedId(Ed25519Identity key) {
  /**
   * Reads base64 without padding, 43 characters, as in {@code /tor/hs/3/…}.
   *
   * @throws MalformedException if it is anything else
   */
  public static HsBlindedId fromBase64(String text) throws MalformedException {
    return new HsBlindedId(Ed25519Identity.fromBase64(text));
  }

  /** Base64 without padding, 43 characters. Who has the address can tell the service by it. */
  public String unredacted() {
    return key.base64();
  }

  /** Nothing of the key. */
  @Override
  public String toString() {
    return "[blinded]";
  }
}
