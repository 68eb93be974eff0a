package org.tunic.index.account;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.spec.SecretKeySpec;
import org.tunic.crypto.secret.ConstantTime;

/**
 * HMAC-SHA-256, cut to 16 bytes, under a key that this process drew and nobody else has.
 *
 * <p>Spec: RFC 2104. Threads: any.
 */
final class Mac {
  private static final String ALGORITHM = "HmacSHA256";
  private static final int KEY_BYTES = 32;
  private static final int TAG_BYTES = 16;

  private final SecretKeySpec key;

  Mac(SecureRandom random) {
    byte[] bytes = new byte[KEY_BYTES];
    random.nextBytes(bytes);
    this.key = new SecretKeySpec(bytes, ALGORITHM);
  }

  /** 16 bytes over a text. */
  byte[] of(String text) {
    try {
      javax.crypto.Mac mac = javax.crypto.Mac.getInstance(ALGORITHM);
      mac.init(key);
      return Arrays.copyOf(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)), TAG_BYTES);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HMAC-SHA-256", e);
    }
  }

  /** The same in 22 characters. */
  String textOf(String text) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(of(text));
  }

  /** Whether a tag belongs to a text. */
  boolean matches(String text, String tag) {
    return ConstantTime.equals(
        textOf(text).getBytes(StandardCharsets.US_ASCII),
        tag.getBytes(StandardCharsets.ISO_8859_1));
  }
}
