package org.tunic.crypto.identity;

import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The identities of one relay: RSA always, Ed25519 when known.
 *
 * <p>Spec: tor-spec/relay-keys
 *
 * <p>Threads: immutable.
 *
 * @param rsa the RSA identity
 * @param ed25519 the Ed25519 master identity, or null when it is not known
 */
public record RelayIds(RsaIdentity rsa, @Nullable Ed25519Identity ed25519) {
  /** A relay of which only the RSA identity is known. */
  public static RelayIds ofRsa(RsaIdentity rsa) {
    return new RelayIds(rsa, null);
  }

  /** The Ed25519 master identity, empty when it is not known. */
  public Optional<Ed25519Identity> ed() {
    return Optional.ofNullable(ed25519);
  }

  /**
   * Whether a relay that proved {@code proven} is the one these ids ask for: the same RSA identity,
   * and the same Ed25519 identity if these name one.
   */
  public boolean matches(RelayIds proven) {
    return rsa.equals(proven.rsa) && (ed25519 == null || Objects.equals(ed25519, proven.ed25519));
  }

  /** The fingerprint. Names a relay: for debug logs only. */
  @Override
  public String toString() {
    return rsa.toString();
  }
}
