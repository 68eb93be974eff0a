package org.tunic.crypto.kdf;

import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/**
 * Argon2id, version 0x13 (RFC 9106), with one lane, for many passwords under one salt.
 *
 * <p>The memory is kept between calls: filling it costs less than asking for it anew.
 *
 * <p>Threads: one.
 */
public final class Argon2id {
  private final Argon2BytesGenerator generator = new Argon2BytesGenerator();

  /**
   * Takes the memory.
   *
   * @param salt at least 8 bytes
   * @param memoryKib memory that is filled, at least 8
   * @param passes over the memory, at least 1
   */
  public Argon2id(byte[] salt, int memoryKib, int passes) {
    generator.init(
        new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
            .withVersion(Argon2Parameters.ARGON2_VERSION_13)
            .withIterations(passes)
            .withMemoryAsKB(memoryKib)
            .withParallelism(1)
            .withSalt(salt)
            .build());
  }

  /**
   * Derives {@code length} bytes.
   *
   * @param length at least 4
   */
  public byte[] derive(byte[] password, int length) {
    byte[] out = new byte[length];
    generator.generateBytes(password, out);
    return out;
  }
}
