package org.tunic.ledger.pow;

import org.tunic.crypto.kdf.Argon2id;
import org.tunic.ledger.primitive.BlockHeader;
import org.tunic.ledger.primitive.Hash256;

/**
 * Argon2id over 2 MiB: so much memory that a machine made for hashing gains little over anybody's
 * computer.
 *
 * <p>Version 0x13, one pass, one lane, 32 bytes out. The password is the header, the salt the hash
 * of the block before.
 *
 * <p>Spec: RFC 9106
 *
 * <p>Threads: any; each call and each grinder has memory of its own.
 */
public final class Argon2idWork implements PowFunction {
  private static final int MEMORY_KIB = 2048;
  private static final int PASSES = 1;

  @Override
  public Hash256 hash(BlockHeader header) {
    return grinder(header.previous()).hash(header);
  }

  @Override
  public Grinder grinder(Hash256 previous) {
    Argon2id argon = new Argon2id(previous.toArray(), MEMORY_KIB, PASSES);
    return header -> Hash256.copyOf(argon.derive(header.toArray(), Hash256.LENGTH));
  }

  @Override
  public boolean isExpensive() {
    return true;
  }
}
