package org.tunic.crypto.key;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Provider;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.HexFormat;
import javax.crypto.KeyAgreement;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.secret.ConstantTime;
import org.tunic.crypto.secret.SecretBytes;

/**
 * The function X25519 of RFC 7748 on bare arrays, for the key types of this room.
 *
 * <p>Agreements by Conscrypt when its native library loads and gives the RFC's result (24 µs), else
 * by Bouncy Castle (62 µs), never by the JDK (118 µs). Base point products by Bouncy Castle, whose
 * tables make them as cheap (22 µs). Conscrypt is an optional dependency, reached by name; loading
 * it takes some 100 ms, at the first agreement.
 *
 * <p>Threads: any, because it has no mutable state.
 */
final class X25519 {
  private static final int LENGTH = 32;
  private static final HexFormat HEX = HexFormat.of();
  private static final String ALGORITHM = "XDH";

  /** PKCS#8 and SubjectPublicKeyInfo of X25519 keys up to the 32 bytes of the key. */
  private static final byte[] SECRET_HEAD = HEX.parseHex("302e020100300506032b656e04220420");

  private static final byte[] PUBLIC_HEAD = HEX.parseHex("302a300506032b656e032100");

  private X25519() {}

  /** Looked for at the first agreement, not when keys are read. */
  private static final class Conscrypt {
    static final @Nullable Provider PROVIDER = load();

    private static @Nullable Provider load() {
      try {
        Provider provider =
            Class.forName("org.conscrypt.OpenSSLProvider")
                .asSubclass(Provider.class)
                .getConstructor()
                .newInstance();
        byte[] result =
            agreeBy(
                provider,
                HEX.parseHex("a046e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449a44"),
                HEX.parseHex("e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c"));
        byte[] expected =
            HEX.parseHex("c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552");
        return ConstantTime.equals(result, expected) ? provider : null;
      } catch (ReflectiveOperationException
          | GeneralSecurityException
          | RuntimeException
          | LinkageError e) {
        return null;
      }
    }
  }

  /** {@code secret} times the base point. */
  static byte[] publicKey(byte[] secret) {
    byte[] out = new byte[LENGTH];
    org.bouncycastle.math.ec.rfc7748.X25519.scalarMultBase(secret, 0, out, 0);
    return out;
  }

  /** {@code secret} times {@code point}, 32 bytes each; all zero for points of small order. */
  static byte[] agree(byte[] secret, byte[] point) {
    Provider provider = Conscrypt.PROVIDER;
    if (provider == null) {
      return agreeByBouncyCastle(secret, point);
    }
    try {
      return agreeBy(provider, secret, point);
    } catch (GeneralSecurityException e) {
      // BoringSSL refuses the all-zero result, which callers here look for themselves.
      return new byte[LENGTH];
    }
  }

  /** Whether agreements go to the native library. */
  static boolean isNative() {
    return Conscrypt.PROVIDER != null;
  }

  static byte[] agreeByBouncyCastle(byte[] secret, byte[] point) {
    byte[] out = new byte[LENGTH];
    org.bouncycastle.math.ec.rfc7748.X25519.scalarMult(secret, 0, point, 0, out, 0);
    return out;
  }

  private static byte[] agreeBy(Provider provider, byte[] secret, byte[] point)
      throws GeneralSecurityException {
    KeyFactory keys = KeyFactory.getInstance(ALGORITHM, provider);
    KeyAgreement agreement = KeyAgreement.getInstance(ALGORITHM, provider);
    byte[] pkcs8 = concat(SECRET_HEAD, secret);
    try {
      agreement.init(keys.generatePrivate(new PKCS8EncodedKeySpec(pkcs8)));
    } finally {
      SecretBytes.wipe(pkcs8);
    }
    agreement.doPhase(
        keys.generatePublic(new X509EncodedKeySpec(concat(PUBLIC_HEAD, point))), true);
    return agreement.generateSecret();
  }

  private static byte[] concat(byte[] head, byte[] key) {
    byte[] out = new byte[head.length + key.length];
    System.arraycopy(head, 0, out, 0, head.length);
    System.arraycopy(key, 0, out, head.length, key.length);
    return out;
  }
}
