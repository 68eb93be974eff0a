package org.tunic.directory.serve;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.directory.doc.consensus.Consensus;
import org.tunic.directory.doc.consensus.ConsensusFlavor;
import org.tunic.directory.doc.consensus.Lifetime;
import org.tunic.directory.fetch.DirAnswer;
import org.tunic.directory.fetch.DirHeaders;

/**
 * A request for the current consensus.
 *
 * <p>The target goes on behind {@code …/current/consensus} with {@code -FLAVOR}, unless it is the
 * ns flavour; then {@code /diff/HASH} to have nothing but a difference; then {@code /FP+FP+…},
 * beginnings of the identities of authorities, to have nothing that was not signed by more than
 * half of them.
 *
 * <p>Differences are not made: the whole consensus is a legal answer to who offers to take one.
 *
 * <p>Spec: dir-spec/general-use-http-urls, dir-spec/directory-cache-operation. Threads: one.
 */
final class ConsensusRequest {
  /** How far out of its validity a consensus is still given out: others may have wrong clocks. */
  private static final Duration TOLERANCE = Duration.ofDays(1);

  private static final String DIFFERENCE = "diff/";
  private static final Pattern HASH = Pattern.compile("[0-9A-Fa-f]{64}");

  private final Optional<ConsensusFlavor> flavor;

  /** Whether nothing but a difference is wanted. */
  private final boolean differenceOnly;

  /** What the asker has, by SHA3-256 of the signed part, in hexadecimal. */
  private final List<String> held;

  /** Beginnings of identities, in hexadecimal; null if the asker does not mind who signed. */
  private final @Nullable List<String> signers;

  private final Optional<Instant> modifiedSince;

  /**
   * @param rest of the target, behind {@code …/current/consensus}
   */
  ConsensusRequest(String rest, DirHeaders headers) {
    int slash = rest.indexOf('/');
    String name = slash < 0 ? rest : rest.substring(0, slash);
    String after = slash < 0 ? null : rest.substring(slash + 1);
    flavor =
        name.isEmpty()
            ? Optional.of(ConsensusFlavor.NS)
            : Optional.of(name)
                .filter(n -> n.startsWith("-"))
                .flatMap(n -> ConsensusFlavor.of(n.substring(1)));
    differenceOnly = after != null && after.startsWith(DIFFERENCE);
    if (after != null && differenceOnly) {
      String hash = after.substring(DIFFERENCE.length());
      int end = hash.indexOf('/');
      held = List.of(end < 0 ? hash : hash.substring(0, end));
      after = end < 0 ? null : hash.substring(end + 1);
    } else {
      held =
          headers
              .get("X-Or-Diff-From-Consensus")
              .map(h -> DigestLists.elements(h.replaceAll("[ ,]+", "+"), '+'))
              .orElse(List.of());
    }
    signers = after == null ? null : DigestLists.elements(after, '+');
    modifiedSince = headers.get("If-Modified-Since").flatMap(HttpTime::parse);
  }

  DirAnswer answer(ServedDocuments documents, RenderedBodies rendered, Instant now) {
    Consensus consensus = flavor.flatMap(documents::consensus).orElse(null);
    if (consensus == null) {
      return DirectoryResponder.notFound();
    }
    if (isHeld(consensus, rendered)) {
      return DirAnswer.empty(304, "Not modified");
    }
    if (differenceOnly && !HASH.matcher(held.getFirst()).matches()) {
      return DirAnswer.empty(404, "Couldn't parse request");
    }
    if (differenceOnly) {
      return DirAnswer.empty(404, "No such diff available");
    }
    Lifetime lifetime = consensus.lifetime();
    if (now.isBefore(lifetime.validAfter().minus(TOLERANCE))) {
      return DirAnswer.empty(404, "Consensus is too new");
    }
    if (now.isAfter(lifetime.validUntil().plus(TOLERANCE))) {
      return DirAnswer.empty(404, "Consensus is too old");
    }
    if (!isSignedByEnough(consensus)) {
      return DirAnswer.empty(
          404, "Consensus not signed by sufficient number of requested authorities");
    }
    if (modifiedSince.map(lifetime.validAfter()::isBefore).orElse(false)) {
      return DirAnswer.empty(304, "Not modified");
    }
    Bytes body =
        rendered.body(
            consensus.flavor().path(),
            List.of(consensus),
            () -> DirectoryResponder.bytes(consensus.text().text()));
    DirAnswer answer = DirAnswer.ok(body).with("Vary", "X-Or-Diff-From-Consensus");
    return DirectoryResponder.expiring(answer, Duration.between(now, lifetime.freshUntil()), now);
  }

  private boolean isHeld(Consensus consensus, RenderedBodies rendered) {
    if (held.isEmpty()) {
      return false;
    }
    String name = consensus.flavor().path() + " digest";
    String digest = rendered.body(name, List.of(consensus), consensus::sha3AsSigned).hex();
    return held.stream().anyMatch(digest::equalsIgnoreCase);
  }

  private boolean isSignedByEnough(Consensus consensus) {
    if (signers == null) {
      return true;
    }
    Set<String> signed =
        consensus.signatures().stream().map(s -> s.identity().hex()).collect(Collectors.toSet());
    long good =
        signers.stream()
            .map(wanted -> wanted.toUpperCase(Locale.ROOT))
            .filter(wanted -> signed.stream().anyMatch(id -> id.startsWith(wanted)))
            .count();
    return good > signers.size() / 2;
  }
}
