package org.tunic.crypto.random;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.tunic.crypto.secret.SecretBytes;

/**
 * The key stream of AES-256-CTR as a source of random numbers for one event loop.
 *
 * <p>Unpredictable to a peer, without the lock and the microseconds of the system generator (509
 * bytes cost it 3 µs). Not for keys: the state is not erased as it is used.
 *
 * <p>Threads: event loop of its owner.
 */
public final class LoopRandom implements RandomGenerator {
  private static final int BUFFER = 1024;
  private static final byte[] ZEROS = new byte[BUFFER];
  private static final VarHandle U64 =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final Cipher cipher;
  private final byte[] buffer = new byte[BUFFER];
  private int at = BUFFER;

  /** A generator under a fresh key from {@code seeds}. */
  public LoopRandom(SecureRandom seeds) {
    byte[] key = new byte[32];
    seeds.nextBytes(key);
    try {
      cipher = Cipher.getInstance("AES/CTR/NoPadding", "SunJCE");
      cipher.init(
          Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"), new IvParameterSpec(new byte[16]));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK has AES-CTR", e);
    } finally {
      SecretBytes.wipe(key);
    }
  }

  @Override
  public long nextLong() {
    if (BUFFER - at < Long.BYTES) {
      refill();
    }
    long value = (long) U64.get(buffer, at);
    at += Long.BYTES;
    return value;
  }

  @Override
  public void nextBytes(byte[] bytes) {
    nextBytes(bytes, 0, bytes.length);
  }

  /** Fills {@code length} bytes of {@code target} from {@code offset}. */
  public void nextBytes(byte[] target, int offset, int length) {
    int to = offset;
    int left = length;
    while (left > 0) {
      if (at == BUFFER) {
        refill();
      }
      int n = Math.min(left, BUFFER - at);
      System.arraycopy(buffer, at, target, to, n);
      Arrays.fill(buffer, at, at + n, (byte) 0);
      at += n;
      to += n;
      left -= n;
    }
  }

  private void refill() {
    try {
      cipher.update(ZEROS, 0, BUFFER, buffer, 0);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-CTR keeps the length", e);
    }
    at = 0;
  }
}
