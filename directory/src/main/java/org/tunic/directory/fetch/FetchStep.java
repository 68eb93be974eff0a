package org.tunic.directory.fetch;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.doc.consensus.ConsensusFlavor;
import org.tunic.directory.doc.consensus.DirectorySignature.CertificateId;
import org.tunic.directory.doc.consensus.Lifetime;
import org.tunic.directory.doc.consensus.UnverifiedConsensus;

/**
 * One thing to fetch, and the request for it.
 *
 * <p>Spec: dir-spec/general-use-http-urls. Threads: immutable.
 */
sealed interface FetchStep {
  /**
   * The current consensus of a flavour, if it is newer than the one that holds for {@code held}.
   */
  record OfConsensus(ConsensusFlavor flavor, @Nullable Lifetime held) implements FetchStep {}

  /** Key certificates; at most {@link #MAX_CERTIFICATES}. */
  record OfCertificates(List<CertificateId> ids) implements FetchStep {}

  /** Microdescriptors by SHA-256 digest; at most {@link #MAX_DIGESTS}. */
  record OfMicrodescriptors(List<Bytes> digests) implements FetchStep {}

  /** Router descriptors by SHA-1 digest; at most {@link #MAX_DIGESTS}. */
  record OfDescriptors(List<Bytes> digests) implements FetchStep {}

  /** Most digests in one request: more would make a request line longer than servers take. */
  int MAX_DIGESTS = 96;

  /** Most certificates in one request. */
  int MAX_CERTIFICATES = 32;

  /** Longest answer to a request for certificates. */
  int MAX_CERTIFICATES_ANSWER = 1024 * 1024;

  /** Longest answer to a request for descriptors or microdescriptors. */
  int MAX_DESCRIPTORS_ANSWER = 8 * 1024 * 1024;

  /** Digits of an authority's identity in the request for a consensus. */
  int FINGERPRINT_PREFIX = 6;

  /** The time format of HTTP headers; unlike Java's own it always has two digits for the day. */
  DateTimeFormatter HTTP_TIME =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  /** Longest time added to the start of a consensus to mean "newer than this one". */
  Duration MAX_NEWER = Duration.ofMinutes(3);

  /**
   * A time just after the consensus began to hold. Its very start will not do: C tor sends a
   * consensus again unless it began strictly before {@code If-Modified-Since}.
   */
  private static Instant justAfter(Lifetime held) {
    Duration half = held.interval().dividedBy(2);
    return held.validAfter().plus(half.compareTo(MAX_NEWER) < 0 ? half : MAX_NEWER);
  }

  /**
   * The request.
   *
   * @param authorities our authorities: a consensus without most of their signatures is not worth
   *     sending
   */
  default DirRequest request(Set<RsaIdentity> authorities) {
    return switch (this) {
      case OfConsensus(ConsensusFlavor flavor, Lifetime held) -> {
        String path =
            flavor.path()
                + "/"
                + authorities.stream()
                    .map(id -> id.hex().substring(0, FINGERPRINT_PREFIX))
                    .sorted()
                    .collect(Collectors.joining("+"));
        DirRequest request = DirRequest.get(path, UnverifiedConsensus.MAX_LENGTH);
        yield held == null
            ? request
            : request.with("If-Modified-Since", HTTP_TIME.format(justAfter(held)));
      }
      case OfCertificates(List<CertificateId> ids) ->
          DirRequest.get(
              ids.stream()
                  .map(id -> id.identity().hex() + "-" + id.signingKeyDigest().hex())
                  .collect(Collectors.joining("+", "/tor/keys/fp-sk/", "")),
              MAX_CERTIFICATES_ANSWER);
      case OfMicrodescriptors(List<Bytes> digests) ->
          DirRequest.get(
              digests.stream()
                  .map(d -> Base64.getEncoder().withoutPadding().encodeToString(d.toArray()))
                  .collect(Collectors.joining("-", "/tor/micro/d/", "")),
              MAX_DESCRIPTORS_ANSWER);
      case OfDescriptors(List<Bytes> digests) ->
          DirRequest.get(
              digests.stream()
                  .map(d -> d.hex().toUpperCase(Locale.ROOT))
                  .collect(Collectors.joining("+", "/tor/server/d/", "")),
              MAX_DESCRIPTORS_ANSWER);
    };
  }
}
