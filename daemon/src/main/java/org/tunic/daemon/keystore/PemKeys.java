package org.tunic.daemon.keystore;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.key.RsaSecretKey;
import org.tunic.crypto.secret.SecretBytes;

/** RSA keys in PEM files. Threads: any, because it has no state. */
final class PemKeys {
  private PemKeys() {}

  /**
   * Reads a key and closes {@code content}.
   *
   * @param bits size it must have; 0 for any
   */
  static RsaSecretKey read(Path path, SecretBytes content, int bits) throws KeystoreException {
    try (content) {
      RsaSecretKey key =
          RsaSecretKey.parsePem(new String(content.borrow(), StandardCharsets.US_ASCII));
      if (bits != 0 && key.publicKey().bits() != bits) {
        throw PrivateFiles.damaged(path, "the key does not have " + bits + " bits");
      }
      return key;
    } catch (MalformedException e) {
      throw PrivateFiles.damaged(path, "it holds no RSA private key in PEM");
    }
  }
}
