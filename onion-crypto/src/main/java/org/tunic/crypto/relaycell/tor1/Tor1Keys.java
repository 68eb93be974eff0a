package org.tunic.crypto.relaycell.tor1;

import org.tunic.crypto.secret.SecretBytes;

/**
 * The keys of one tor1 hop: Df, Db seed the running digests, Kf, Kb are the AES keys; f is forward,
 * away from the origin.
 *
 * <p>A layer copies what it needs; the owner closes the keys once the layers are made.
 *
 * <p>Spec: tor-spec/setting-circuit-keys
 *
 * <p>Threads: its owner's.
 */
public final class Tor1Keys implements AutoCloseable {
  /** Key material of an ordinary hop in bytes: Df 20, Db 20, Kf 16, Kb 16. */
  public static final int RELAY_LENGTH = 72;

  /** Key material of an onion-service hop in bytes: Df 32, Db 32, Kf 32, Kb 32. */
  public static final int HS_LENGTH = 128;

  private final Tor1Suite suite;
  private final SecretBytes df;
  private final SecretBytes db;
  private final SecretBytes kf;
  private final SecretBytes kb;

  private Tor1Keys(
      Tor1Suite suite, SecretBytes df, SecretBytes db, SecretBytes kf, SecretBytes kb) {
    this.suite = suite;
    this.df = df;
    this.db = db;
    this.kf = kf;
    this.kb = kb;
  }

  /**
   * Splits the 72 bytes of an ordinary hop (SHA-1, AES-128), which the caller still has to wipe.
   *
   * @throws IllegalArgumentException at another length
   */
  public static Tor1Keys ofRelayHop(byte[] keyMaterial) {
    return split(Tor1Suite.RELAY, keyMaterial, RELAY_LENGTH, 20, 16);
  }

  /**
   * Splits the 128 bytes of an onion-service hop (SHA3-256, AES-256), seen from the client, which
   * the caller still has to wipe. The service uses {@link #reversed()}.
   *
   * @throws IllegalArgumentException at another length
   */
  public static Tor1Keys ofHsHop(byte[] keyMaterial) {
    return split(Tor1Suite.HS, keyMaterial, HS_LENGTH, 32, 32);
  }

  private static Tor1Keys split(
      Tor1Suite suite, byte[] material, int length, int digestSeed, int cipherKey) {
    if (material.length != length) {
      throw new IllegalArgumentException("key material of the wrong length");
    }
    return new Tor1Keys(
        suite,
        SecretBytes.copyOf(material, 0, digestSeed),
        SecretBytes.copyOf(material, digestSeed, digestSeed),
        SecretBytes.copyOf(material, 2 * digestSeed, cipherKey),
        SecretBytes.copyOf(material, 2 * digestSeed + cipherKey, cipherKey));
  }

  /**
   * Keys with forward and backward exchanged, with an owner of their own: the onion service's view.
   */
  public Tor1Keys reversed() {
    return new Tor1Keys(suite, db.copy(), df.copy(), kb.copy(), kf.copy());
  }

  Tor1Half forwardHalf() {
    return new Tor1Half(suite, df.borrow(), kf.borrow());
  }

  Tor1Half backwardHalf() {
    return new Tor1Half(suite, db.borrow(), kb.borrow());
  }

  /** Wipes all keys. */
  @Override
  public void close() {
    df.close();
    db.close();
    kf.close();
    kb.close();
  }
}
