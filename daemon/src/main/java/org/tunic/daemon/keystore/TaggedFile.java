package org.tunic.daemon.keystore;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.tunic.crypto.secret.SecretBytes;

/**
 * C tor's binary key files: a head of 32 bytes, {@code == TYPE: TAG ==} padded with zeros, then the
 * key.
 *
 * <p>Threads: any, because it has no state.
 */
final class TaggedFile {
  /** Length of the head in bytes. */
  static final int HEAD_LENGTH = 32;

  private TaggedFile() {}

  /**
   * Reads a secret; empty if there is no file.
   *
   * @param length bytes after the head
   * @throws KeystoreException if the file is of another type, tag or length, or others may read it
   */
  static Optional<SecretBytes> readSecret(Path path, String type, String tag, int length)
      throws KeystoreException {
    Optional<SecretBytes> content = PrivateFiles.readSecret(path);
    if (content.isEmpty()) {
      return Optional.empty();
    }
    try (SecretBytes all = content.get()) {
      checkHead(path, all.borrow(), type, tag, length);
      return Optional.of(SecretBytes.copyOf(all.borrow(), HEAD_LENGTH, length));
    }
  }

  /**
   * Reads what is no secret; empty if there is no file.
   *
   * @param length bytes after the head; -1 for any number
   */
  static Optional<byte[]> readPublic(Path path, String type, String tag, int length)
      throws KeystoreException {
    Optional<byte[]> content = PrivateFiles.readPublic(path);
    if (content.isEmpty()) {
      return Optional.empty();
    }
    byte[] all = content.get();
    checkHead(path, all, type, tag, length);
    return Optional.of(Arrays.copyOfRange(all, HEAD_LENGTH, all.length));
  }

  private static void checkHead(Path path, byte[] all, String type, String tag, int length)
      throws KeystoreException {
    byte[] head = head(type, tag);
    if (all.length < HEAD_LENGTH || !Arrays.equals(head, 0, HEAD_LENGTH, all, 0, HEAD_LENGTH)) {
      throw PrivateFiles.damaged(
          path, "it does not start with \"== " + type + ": " + tag + " ==\"");
    }
    if (length >= 0 && all.length != HEAD_LENGTH + length) {
      throw PrivateFiles.damaged(path, "its length is not " + (HEAD_LENGTH + length) + " bytes");
    }
  }

  /** Writes a file of mode 0600. */
  static void write(Path path, String type, String tag, byte[]... parts) throws KeystoreException {
    int length = HEAD_LENGTH;
    for (byte[] part : parts) {
      length += part.length;
    }
    byte[] all = Arrays.copyOf(head(type, tag), length);
    int at = HEAD_LENGTH;
    for (byte[] part : parts) {
      System.arraycopy(part, 0, all, at, part.length);
      at += part.length;
    }
    try {
      PrivateFiles.write(path, all);
    } finally {
      SecretBytes.wipe(all);
    }
  }

  private static byte[] head(String type, String tag) {
    byte[] text = ("== " + type + ": " + tag + " ==").getBytes(StandardCharsets.US_ASCII);
    return Arrays.copyOf(text, HEAD_LENGTH);
  }
}
