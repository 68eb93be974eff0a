package org.tunic.crypto.kdf;

import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/**
 * Argon2id, version 0x13 (RFC 9106), with one lane.
 *
 * <p>Threads: any, because each call has memory of its own.
 */
public final class Argon2id {
  private Argon2id() {}

  /**
   * Derives {@code length} bytes.
   *
   * @param memoryKib memory that is filled, at least 8
   * @param passes over the memory, at least 1
   * @param length of the result, at least 4
   */
  public static byte[] derive(
      byte[] password, byte[] salt, int memoryKib, int passes, int length) {
    Argon2BytesGenerator generator = new Argon2BytesGenerator();
    generator.init(
        new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
            .withVersion(Argon2Parameters.ARGON2_VERSION_13)
            .withIterations(passes)
            .withMemoryAsKB(memoryKib)
            .withParallelism(1)
            .withSalt(salt)
            .build());
    byte[] out = new byte[length];
    generator.generateBytes(password, out);
    return out;
  }
}
