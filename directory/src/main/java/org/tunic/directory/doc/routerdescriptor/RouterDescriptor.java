package org.tunic.directory.doc.routerdescriptor;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.identity.RelayIds;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.crypto.key.NtorPublicKey;
import org.tunic.crypto.key.RsaPublicKey;
import org.tunic.directory.doc.Documents;
import org.tunic.directory.netdoc.DocumentSyntaxException;
import org.tunic.directory.netdoc.NetdocText;

/**
 * A router descriptor whose signatures and cross-certificates all hold.
 *
 * <p>Spec: dir-spec/server-descriptor-format. Threads: immutable.
 *
 * @param text the descriptor, from {@code router} to the end of its RSA signature
 * @param digest SHA-1 (20 bytes) of the signed part: what consensuses and requests name it by
 * @param ids both identities
 * @param contents what it says
 * @param identityKey RSA identity key, 1024 bits
 * @param tapOnionKey RSA onion key, 1024 bits; null for none
 * @param ntorOnionKey key for ntor handshakes
 * @param familyIds proven family identifiers {@code ed25519:…}, sorted, each once
 * @param certificatesExpire when the first of its certificates expires
 */
public record RouterDescriptor(
    NetdocText text,
    Bytes digest,
    RelayIds ids,
    RouterContents contents,
    RsaPublicKey identityKey,
    @Nullable RsaPublicKey tapOnionKey,
    NtorPublicKey ntorOnionKey,
    List<String> familyIds,
    Instant certificatesExpire) {

  /** Longest descriptor an authority accepts, in bytes. */
  public static final int MAX_UPLOAD_LENGTH = 20_000;

  /** Longest descriptor read, in bytes. */
  public static final int MAX_LENGTH = 128 * 1024;

  /** For how long an ntor onion key is used: the lifetime of its cross-certificate. */
  public static final Duration ONION_KEY_LIFETIME = Duration.ofDays(28);

  /** For how long a family certificate holds. */
  public static final Duration FAMILY_CERTIFICATE_LIFETIME = Duration.ofDays(30);

  /** Copies the list. */
  public RouterDescriptor {
    familyIds = List.copyOf(familyIds);
  }

  /**
   * Reads a descriptor and checks every signature and cross-certificate, but no times.
   *
   * @param text one descriptor, without annotations
   * @throws DocumentSyntaxException if it is malformed or a signature does not hold: drop it
   */
  public static RouterDescriptor parse(NetdocText text) throws DocumentSyntaxException {
    return new RouterDescriptorParser(text).parse();
  }

  /** Reads many, one after the other; malformed ones are left out. */
  public static List<RouterDescriptor> parseAll(NetdocText text) {
    return Documents.parseAll(text, "router", RouterDescriptor::parse);
  }

  /**
   * Makes and signs a descriptor.
   *
   * @param contents what to say
   * @param keys what to sign with
   */
  public static RouterDescriptor sign(RouterContents contents, RelaySigningKeys keys) {
    return RouterDescriptorWriter.write(contents, keys);
  }

  /** SHA-1 of its RSA identity key. */
  public RsaIdentity identity() {
    return ids.rsa();
  }

  /** Its nickname. */
  public String nickname() {
    return contents.nickname();
  }

  /** When it was made. */
  public Instant published() {
    return contents.published();
  }

  /** RSA onion key, if it has one. */
  public Optional<RsaPublicKey> tapKey() {
    return Optional.ofNullable(tapOnionKey);
  }

  /** The fingerprint. Names a relay: for debug logs only. */
  @Override
  public String toString() {
    return "descriptor of " + ids;
  }
}
