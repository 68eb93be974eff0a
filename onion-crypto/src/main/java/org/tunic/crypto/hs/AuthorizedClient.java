package org.tunic.crypto.hs;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.kdf.Shake;
import org.tunic.crypto.key.NtorOnionKeypair;
import org.tunic.crypto.key.NtorPublicKey;
import org.tunic.crypto.secret.SecretBytes;

/**
 * An {@code auth-client} line: the descriptor cookie for one client, or noise that looks like it.
 *
 * <pre>
 * KEYS = SHAKE-256(subcredential | x25519(client, ephemeral key of the service), 40)
 *      = CLIENT-ID 8 | COOKIE-KEY 32
 * encrypted cookie = AES-256-CTR(COOKIE-KEY, iv, descriptor cookie)
 * </pre>
 *
 * <p>Spec: rend-spec/hsdesc-encrypt
 *
 * <p>Threads: immutable.
 *
 * @param clientId 8 bytes by which the client finds its line
 * @param iv 16 bytes
 * @param encryptedCookie 16 bytes
 */
public record AuthorizedClient(Bytes clientId, Bytes iv, Bytes encryptedCookie) {
  /** Bytes of a client id. */
  public static final int CLIENT_ID_LENGTH = 8;

  /** Bytes of an initialisation vector. */
  public static final int IV_LENGTH = 16;

  private static final int COOKIE_KEY_LENGTH = 32;

  /** Checks the lengths. */
  public AuthorizedClient {
    if (clientId.length() != CLIENT_ID_LENGTH
        || iv.length() != IV_LENGTH
        || encryptedCookie.length() != DescriptorCookie.LENGTH) {
      throw new IllegalArgumentException("an authorised client has fields of 8, 16 and 16 bytes");
    }
  }

  /**
   * The line for {@code client}.
   *
   * @param ephemeral the key whose public half the descriptor names
   */
  public static AuthorizedClient of(
      HsClientPublicKey client,
      NtorOnionKeypair ephemeral,
      Subcredential subcredential,
      DescriptorCookie cookie,
      SecureRandom random) {
    byte[] iv = new byte[IV_LENGTH];
    random.nextBytes(iv);
    try (SecretBytes keys = keys(ephemeral, client.key(), subcredential)) {
      byte[] encrypted = crypt(keys, iv, cookie.bytes().borrow());
      return new AuthorizedClient(clientId(keys), Bytes.copyOf(iv), Bytes.copyOf(encrypted));
    }
  }

  /** A line that no client can use: it hides how many there are. */
  public static AuthorizedClient fake(SecureRandom random) {
    return new AuthorizedClient(
        noise(CLIENT_ID_LENGTH, random),
        noise(IV_LENGTH, random),
        noise(DescriptorCookie.LENGTH, random));
  }

  /**
   * The cookie in the line that is for {@code client}; empty if none of {@code lines} is. All are
   * looked at.
   *
   * @param ephemeral the key that the descriptor names
   */
  public static Optional<DescriptorCookie> findCookie(
      List<AuthorizedClient> lines,
      HsClientKeypair client,
      NtorPublicKey ephemeral,
      Subcredential subcredential) {
    try (SecretBytes keys = keys(client.keypair(), ephemeral, subcredential)) {
      Bytes wanted = clientId(keys);
      AuthorizedClient mine = null;
      for (AuthorizedClient line : lines) {
        // Of two with one id, which a service would not write, C tor too takes the first.
        mine = first(mine, line, wanted);
      }
      if (mine == null) {
        return Optional.empty();
      }
      byte[] cookie = crypt(keys, mine.iv.toArray(), mine.encryptedCookie.toArray());
      return Optional.of(new DescriptorCookie(SecretBytes.takeOwnership(cookie)));
    }
  }

  private static @Nullable AuthorizedClient first(
      @Nullable AuthorizedClient found, AuthorizedClient line, Bytes wanted) {
    boolean matches = line.clientId.equals(wanted);
    return found == null && matches ? line : found;
  }

  private static SecretBytes keys(
      NtorOnionKeypair ours, NtorPublicKey theirs, Subcredential subcredential) {
    byte[] secretSeed = ours.agree(theirs.bytes().toArray());
    try {
      return Shake.derive(
          CLIENT_ID_LENGTH + COOKIE_KEY_LENGTH, subcredential.bytes().toArray(), secretSeed);
    } finally {
      SecretBytes.wipe(secretSeed);
    }
  }

  private static Bytes clientId(SecretBytes keys) {
    return Bytes.copyOf(keys.borrow(), 0, CLIENT_ID_LENGTH);
  }

  private static byte[] crypt(SecretBytes keys, byte[] iv, byte[] cookie) {
    try {
      Cipher cipher = Cipher.getInstance("AES/CTR/NoPadding", "SunJCE");
      cipher.init(
          Cipher.ENCRYPT_MODE,
          new SecretKeySpec(keys.borrow(), CLIENT_ID_LENGTH, COOKIE_KEY_LENGTH, "AES"),
          new IvParameterSpec(iv));
      return cipher.doFinal(cookie);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK has AES-CTR", e);
    }
  }

  private static Bytes noise(int length, SecureRandom random) {
    byte[] noise = new byte[length];
    random.nextBytes(noise);
    return Bytes.copyOf(noise);
  }
}
