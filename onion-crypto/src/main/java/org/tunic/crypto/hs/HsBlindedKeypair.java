package org.tunic.crypto.hs;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.tunic.crypto.cert.CertificateType;
import org.tunic.crypto.cert.Ed25519Certificate;
import org.tunic.crypto.digest.Sha;
import org.tunic.crypto.identity.Ed25519Identity;
import org.tunic.crypto.key.Ed25519Keypair;
import org.tunic.crypto.secret.SecretBytes;

/**
 * A service's key in one time period: it certifies descriptor signing keys and seeds the revision
 * counters.
 *
 * <p>Spec: rend-spec/keyblinding-scheme, rend-spec/deriving-keys#SUBCRED
 *
 * <p>Threads: immutable until closed by its owner.
 */
public final class HsBlindedKeypair implements AutoCloseable {
  /** The NUL belongs to it, as in C tor. */
  private static final byte[] COUNTER_LABEL =
      "rev-counter-generation\0".getBytes(StandardCharsets.US_ASCII);

  private final Ed25519Keypair keypair;
  private final TimePeriod period;
  private final HsBlindedId id;
  private final Subcredential subcredential;

  HsBlindedKeypair(HsId service, Ed25519Keypair keypair, TimePeriod period) {
    this.keypair = keypair;
    this.period = period;
    this.id = new HsBlindedId(keypair.identity());
    this.subcredential = Subcredential.of(service, id);
  }

  /** The blinded public key. */
  public HsBlindedId id() {
    return id;
  }

  /** The period it is for. */
  public TimePeriod period() {
    return period;
  }

  /** The service's subcredential in this period. */
  public Subcredential subcredential() {
    return subcredential;
  }

  /**
   * The certificate (type 08) of a descriptor signing key, with the blinded key in it.
   *
   * @param expires rounded up to the hour
   */
  public Ed25519Certificate certify(Ed25519Identity descriptorSigningKey, Instant expires) {
    return Ed25519Certificate.certify(
        CertificateType.HS_DESCRIPTOR_SIGNING, expires, descriptorSigningKey, keypair, true);
  }

  /**
   * The cipher of this period's revision counters; its key is SHA3-256("rev-counter-generation" 00
   * | blinded expanded secret).
   */
  public RevisionCounters revisionCounters() {
    return new RevisionCounters(
        SecretBytes.takeOwnership(Sha.sha3(COUNTER_LABEL, keypair.expandedSecret().borrow())));
  }

  /** The blinded expanded secret, 64 bytes. Borrowed; for tests against vectors. */
  SecretBytes expandedSecret() {
    return keypair.expandedSecret();
  }

  /** Wipes the secret. */
  @Override
  public void close() {
    keypair.close();
  }
}
