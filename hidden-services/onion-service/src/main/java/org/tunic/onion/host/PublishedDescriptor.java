package org.tunic.onion.host;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.hs.HsBlindedId;
import org.tunic.crypto.hs.HsBlindedKeypair;
import org.tunic.crypto.hs.HsClientPublicKey;
import org.tunic.crypto.hs.HsIdKeypair;
import org.tunic.crypto.hs.RevisionCounters;
import org.tunic.crypto.hs.Subcredential;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.crypto.key.Ed25519Keypair;
import org.tunic.directory.doc.hsdescriptor.HsDescriptor;
import org.tunic.directory.doc.hsdescriptor.HsDescriptorContent;
import org.tunic.directory.doc.hsdescriptor.HsDescriptorWriter;
import org.tunic.directory.hsdir.DescriptorSlot;
import org.tunic.directory.hsdir.HsDirRing;
import org.tunic.directory.netdoc.DocumentSyntaxException;
import org.tunic.directory.view.NetworkView;
import org.tunic.directory.view.Relay;

/**
 * A service's descriptor of one time period: its keys, its newest form, and which directories have
 * that.
 *
 * <p>A new form is made when what it says changes and every one to two hours anyway. Each directory
 * is then brought it, and asked again ever more seldom if it does not take it.
 *
 * <p>Spec: rend-spec/hsdesc (“When to upload descriptors”). Threads: its owner's, the service's
 * thread.
 */
final class PublishedDescriptor implements AutoCloseable {
  private static final Duration LEAST_AGE = Duration.ofHours(1);
  private static final Duration MOST_AGE = Duration.ofHours(2);
  private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
  private static final Duration LAST_RETRY = Duration.ofMinutes(5);

  private final HsBlindedKeypair blinded;
  private final Ed25519Keypair signingKey;
  private final RevisionCounters counters;
  private final HsDescriptorWriter writer;
  private final SecureRandom random;

  private @Nullable Form newest;

  /** What did not fit: it is not encrypted again until it is something else. */
  private @Nullable Refused refused;

  private long lastCounter;

  /** Directories that have the newest form. */
  private final Set<RsaIdentity> have = new HashSet<>();

  /** Directories that are being brought it. */
  private final Set<RsaIdentity> underWay = new HashSet<>();

  private final Map<RsaIdentity, Retry> retries = new HashMap<>();

  /** Who is responsible in {@link #judged}: the ring costs a digest for each directory. */
  private List<Relay> responsible = List.of();

  private @Nullable NetworkView judged;

  /** What was made, of what, and when it is made anew. */
  private record Form(
      HsDescriptor descriptor,
      HsDescriptorContent content,
      Set<HsClientPublicKey> clients,
      Instant renewal) {}

  private record Refused(
      HsDescriptorContent content, Set<HsClientPublicKey> clients, int maxLength) {}

  private record Retry(Instant next, Duration pause) {}

  PublishedDescriptor(HsIdKeypair identity, DescriptorSlot slot, SecureRandom random) {
    this.blinded = identity.blind(slot.period());
    this.signingKey = Ed25519Keypair.generate(random);
    this.counters = blinded.revisionCounters();
    this.writer = new HsDescriptorWriter(blinded, signingKey, random);
    this.random = random;
  }

  HsBlindedId id() {
    return blinded.id();
  }

  Subcredential subcredential() {
    return blinded.subcredential();
  }

  /**
   * The descriptor to be published now.
   *
   * @param runStart when the shared-random run of its slot began
   * @return empty if the same did not fit before
   * @throws DocumentSyntaxException if it does not fit
   */
  Optional<HsDescriptor> current(
      HsDescriptorContent wanted,
      Collection<HsClientPublicKey> clients,
      Instant runStart,
      int maxLength,
      Instant now)
      throws DocumentSyntaxException {
    Form present = newest;
    Set<HsClientPublicKey> readers = Set.copyOf(clients);
    if (present != null
        && wanted.equals(present.content())
        && readers.equals(present.clients())
        && now.isBefore(present.renewal())) {
      return Optional.of(present.descriptor());
    }
    Refused asked = new Refused(wanted, readers, maxLength);
    if (asked.equals(refused)) {
      return Optional.empty();
    }
    long counter = counters.at(now, runStart);
    // Two within one second would have the same counter, and the second one be refused.
    lastCounter = Long.compareUnsigned(counter, lastCounter) > 0 ? counter : lastCounter + 1;
    refused = asked;
    HsDescriptor fresh = writer.write(wanted, readers, lastCounter, maxLength, now);
    refused = null;
    Instant renewal = now.plusSeconds(random.nextLong(LEAST_AGE.toSeconds(), MOST_AGE.toSeconds()));
    newest = new Form(fresh, wanted, readers, renewal);
    have.clear();
    retries.clear();
    return Optional.of(fresh);
  }

  /** The directories that should have it. */
  @SuppressWarnings("ReferenceEquality") // this very view, so that each is judged once
  List<Relay> responsible(NetworkView view, DescriptorSlot slot) {
    if (view != judged) {
      judged = view;
      responsible = HsDirRing.of(view, slot).forStore(blinded.id());
      Set<RsaIdentity> now = new HashSet<>();
      responsible.forEach(relay -> now.add(relay.ids().rsa()));
      retries.keySet().retainAll(now);
    }
    return responsible;
  }

  /** The directories to bring it to now; they count as under way from here on. */
  List<Relay> due(List<Relay> directories, Instant now) {
    List<Relay> due =
        directories.stream()
            .filter(relay -> !have.contains(relay.ids().rsa()))
            .filter(relay -> !underWay.contains(relay.ids().rsa()))
            .filter(
                relay -> {
                  Retry retry = retries.get(relay.ids().rsa());
                  return retry == null || !now.isBefore(retry.next());
                })
            .toList();
    due.forEach(relay -> underWay.add(relay.ids().rsa()));
    return due;
  }

  /** When a new form is due or a directory is asked again; empty before the first form. */
  Optional<Instant> next() {
    Form present = newest;
    if (present == null) {
      return Optional.empty();
    }
    Instant next = present.renewal();
    for (Map.Entry<RsaIdentity, Retry> retry : retries.entrySet()) {
      if (!underWay.contains(retry.getKey()) && retry.getValue().next().isBefore(next)) {
        next = retry.getValue().next();
      }
    }
    return Optional.of(next);
  }

  /** What came of bringing {@code form} to a directory. */
  @SuppressWarnings("ReferenceEquality") // this very form
  void brought(RsaIdentity directory, HsDescriptor form, boolean stored, Instant now) {
    underWay.remove(directory);
    if (newest == null || form != newest.descriptor()) {
      return; // it has to be brought the newer one anyway
    }
    if (stored) {
      have.add(directory);
      retries.remove(directory);
    } else {
      Retry before = retries.get(directory);
      Duration pause = before == null ? FIRST_RETRY : before.pause().multipliedBy(2);
      pause = pause.compareTo(LAST_RETRY) > 0 ? LAST_RETRY : pause;
      retries.put(directory, new Retry(now.plus(pause), pause));
    }
  }

  /** Whether some directory has the newest form. */
  boolean isStored() {
    return !have.isEmpty();
  }

  /** Wipes its keys. */
  @Override
  public void close() {
    counters.close();
    signingKey.close();
    blinded.close();
  }
}
