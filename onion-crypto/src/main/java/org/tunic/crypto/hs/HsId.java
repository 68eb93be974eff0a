package org.tunic.crypto.hs;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.tunic.crypto.bytes.Base32;
import org.tunic.crypto.bytes.ByteReader;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.digest.Sha;
import org.tunic.crypto.identity.Ed25519Identity;
import org.tunic.crypto.key.Ed25519;

/**
 * The name of an onion service: its Ed25519 identity public key, and the onion address made of it.
 *
 * <pre>
 * address  = base32(PUBKEY 32 | CHECKSUM 2 | VERSION 03), 56 characters
 * CHECKSUM = first 2 of SHA3-256(".onion checksum" | PUBKEY | VERSION)
 * </pre>
 *
 * <p>Spec: rend-spec/encoding-onion-addresses
 *
 * <p>Threads: immutable.
 *
 * @param key the identity public key
 */
public record HsId(Ed25519Identity key) {
  /** Characters of an address, without {@code .onion}. */
  public static final int ADDRESS_LENGTH = 56;

  /** What follows the address in a host name. */
  public static final String SUFFIX = ".onion";

  private static final int VERSION = 3;
  private static final int CHECKSUM_LENGTH = 2;
  private static final int REDACTED_LENGTH = 4;
  private static final int MAX_DOMAIN_LENGTH = 255;

  /** The NUL belongs to it: no text that Tor signs begins like this. */
  private static final byte[] SIGNATURE_LABEL =
      "Tunic onion service signature\0".getBytes(StandardCharsets.US_ASCII);

  private static final byte[] CHECKSUM_LABEL =
      ".onion checksum".getBytes(StandardCharsets.US_ASCII);

  /**
   * Reads an onion address of either case, with or without {@code .onion}.
   *
   * @throws MalformedException if length, characters, version or checksum are wrong, or the key is
   *     no point of the prime-order group (such a key has equivalents that would look like other
   *     services)
   */
  public static HsId parse(String address) throws MalformedException {
    String lower = address.toLowerCase(Locale.ROOT);
    String label =
        lower.endsWith(SUFFIX) ? lower.substring(0, lower.length() - SUFFIX.length()) : lower;
    if (label.length() != ADDRESS_LENGTH) {
      throw new MalformedException("an onion address has 56 characters");
    }
    ByteReader in = new ByteReader(Base32.decode(label));
    Ed25519Identity key = new Ed25519Identity(in.bytes(Ed25519Identity.LENGTH));
    Bytes checksum = in.bytes(CHECKSUM_LENGTH);
    if (in.u8() != VERSION) {
      throw new MalformedException("unknown version of an onion address");
    }
    HsId id = new HsId(key);
    if (!id.checksum().equals(checksum)) {
      throw new MalformedException("wrong checksum in an onion address");
    }
    if (!Ed25519.isInPrimeOrderGroup(key)) {
      throw new MalformedException("bad key in an onion address");
    }
    return id;
  }

  /** The address without {@code .onion}, 56 lower-case characters. Identifies the service. */
  public String unredacted() {
    return Base32.encode(
        new ByteWriter(Ed25519Identity.LENGTH + CHECKSUM_LENGTH + 1)
            .bytes(key.bytes())
            .bytes(checksum())
            .u8(VERSION)
            .toArray());
  }

  /** The address with {@code .onion}. Identifies the service. */
  public String unredactedHost() {
    return unredacted() + SUFFIX;
  }

  /**
   * The blinded key of this service in {@code period}, under which its descriptor is stored.
   *
   * @throws MalformedException if the identity key is no point of the curve
   */
  public HsBlindedId blind(TimePeriod period) throws MalformedException {
    return new HsBlindedId(
        Ed25519.blind(key, period.blindingFactor(key))
            .orElseThrow(() -> new MalformedException("an onion identity is no point")));
  }

  /**
   * Whether the service signed {@code message} for {@code domain}: {@code "Tunic onion service
   * signature" 00 | length of domain (1) | domain | message} under Ed25519.
   *
   * @param domain what for, at most 255 bytes in UTF-8
   * @param signature 64 bytes; any other length is none
   */
  public boolean verify(String domain, Bytes message, Bytes signature) {
    return signature.length() == Ed25519.SIGNATURE_LENGTH
        && Ed25519.verify(key, signedBytes(domain, message), signature);
  }

  static byte[] signedBytes(String domain, Bytes message) {
    byte[] label = domain.getBytes(StandardCharsets.UTF_8);
    if (label.length > MAX_DOMAIN_LENGTH) {
      throw new IllegalArgumentException("a domain has at most 255 bytes");
    }
    return new ByteWriter(SIGNATURE_LABEL.length + 1 + label.length + message.length())
        .bytes(SIGNATURE_LABEL)
        .u8(label.length)
        .bytes(label)
        .bytes(message)
        .toArray();
  }

  private Bytes checksum() {
    byte[] digest = Sha.sha3(CHECKSUM_LABEL, key.bytes().toArray(), new byte[] {VERSION});
    return Bytes.copyOf(digest, 0, CHECKSUM_LENGTH);
  }

  /**
   * Only the last characters, which vanity addresses do not choose (the very last is the version).
   */
  @Override
  public String toString() {
    return "[…" + unredacted().substring(ADDRESS_LENGTH - REDACTED_LENGTH) + SUFFIX + "]";
  }
}
