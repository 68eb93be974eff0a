package org.tunic.onion.client;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.hs.HsBlindedId;
import org.tunic.crypto.hs.HsClientKeypair;
import org.tunic.crypto.hs.HsId;
import org.tunic.crypto.hs.Subcredential;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.doc.hsdescriptor.HsDescriptor;
import org.tunic.directory.doc.hsdescriptor.HsDescriptorContent;
import org.tunic.directory.doc.hsdescriptor.HsDescriptorRefusedException;
import org.tunic.directory.fetch.DirAnswer;
import org.tunic.directory.fetch.DirFetchException;
import org.tunic.directory.hsdir.DescriptorSlot;
import org.tunic.directory.hsdir.HsDirRing;
import org.tunic.directory.hsdir.HsDirSchedule;
import org.tunic.directory.netdoc.DocumentSyntaxException;
import org.tunic.directory.netdoc.NetdocText;
import org.tunic.directory.view.NetworkView;
import org.tunic.directory.view.Relay;
import org.tunic.onion.OnionFailure;
import org.tunic.onion.OnionFailure.Reason;
import org.tunic.onion.descriptor.HsDirectories;

/**
 * The descriptors of services that are visited: fetched when they are needed, kept for a while.
 *
 * <p>The directories of the replicas are asked one after the other in random order, so that none of
 * them sees all visitors. Visits that want the same descriptor at once share one search. A
 * directory that has no good descriptor is not asked again for 15 minutes (5 seconds in a testing
 * network), as in C tor, so that visits to a service that is gone cost next to nothing.
 *
 * <p>Bounds: {@link #MAX_KEPT} descriptors are kept, the last used ones; {@link #MAX_REFUSALS}
 * refusals are remembered, the last ones; there are no more searches than visits.
 *
 * <p>Spec: rend-spec/hsdesc (“Fetching”). Threads: guarded by this for the cache; fetching blocks,
 * on virtual threads.
 */
final class Descriptors {
  private static final Logger log = LoggerFactory.getLogger(Descriptors.class);

  /** Descriptors kept, each below {@code HSV3MaxDescriptorSize} (50 kB). */
  static final int MAX_KEPT = 256;

  /** Directories that had no good descriptor: those of hundreds of services. */
  static final int MAX_REFUSALS = 4096;

  /** C tor's REND_HID_SERV_DIR_REQUERY_PERIOD. */
  private static final Duration REFUSAL = Duration.ofMinutes(15);

  private static final Duration REFUSAL_TESTING = Duration.ofSeconds(5);

  private static final int NOT_FOUND = 404;
  private static final int OK = 200;

  /**
   * What a visit needs to know.
   *
   * @param blinded the service's key in the descriptor's period
   * @param kept whether it was fetched some time ago
   */
  record Found(
      HsDescriptorContent content, Subcredential subcredential, HsBlindedId blinded, boolean kept) {
    private Found whenKept() {
      return new Found(content, subcredential, blinded, true);
    }
  }

  private record Kept(Found found, Instant until) {}

  private record Question(HsBlindedId blinded, RsaIdentity directory) {}

  private record Refusal(Reason reason, Instant until) {}

  private final HsDirectories directories;
  private final Function<HsId, Optional<HsClientKeypair>> keys;
  private final IntSupplier sendmeIncrement;
  private final boolean testingNetwork;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final Map<HsBlindedId, Kept> kept =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<HsBlindedId, Kept> eldest) {
          return size() > MAX_KEPT;
        }
      };

  private final Map<Question, Refusal> refusals =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Question, Refusal> eldest) {
          return size() > MAX_REFUSALS;
        }
      };

  /** Searches under way. */
  private final Map<HsBlindedId, CompletableFuture<Found>> searches = new HashMap<>();

  /**
   * @param keys our key for a service that authorises its clients
   * @param sendmeIncrement {@code cc_sendme_inc} of the consensus
   * @param random must not be foreseeable: a {@code SecureRandom}
   */
  Descriptors(
      HsDirectories directories,
      Function<HsId, Optional<HsClientKeypair>> keys,
      IntSupplier sendmeIncrement,
      boolean testingNetwork,
      InstantSource clock,
      RandomGenerator random) {
    this.directories = directories;
    this.keys = keys;
    this.sendmeIncrement = sendmeIncrement;
    this.testingNetwork = testingNetwork;
    this.clock = clock;
    this.random = random;
  }

  /** What is known of a service in this network, from the cache or from a directory. */
  Found get(HsId service, NetworkView view) throws OnionFailure, InterruptedException {
    DescriptorSlot slot = HsDirSchedule.of(view, testingNetwork).fetch();
    HsBlindedId blinded = blind(service, slot);
    Optional<Found> cached = cached(blinded);
    if (cached.isPresent()) {
      return cached.get();
    }
    CompletableFuture<Found> mine = new CompletableFuture<>();
    CompletableFuture<Found> other;
    synchronized (this) {
      other = searches.putIfAbsent(blinded, mine);
    }
    if (other != null) {
      return await(other);
    }
    try {
      Found found = fetch(service, blinded, HsDirRing.of(view, slot), view);
      mine.complete(found);
      return found;
    } catch (OnionFailure e) {
      mine.completeExceptionally(e);
      throw e;
    } finally {
      synchronized (this) {
        searches.remove(blinded);
      }
      mine.cancel(false); // unless it is done
    }
  }

  private static Found await(CompletableFuture<Found> other)
      throws OnionFailure, InterruptedException {
    try {
      return other.get();
    } catch (ExecutionException | CancellationException e) {
      throw e.getCause() instanceof OnionFailure failure
          ? failure
          : new OnionFailure(Reason.DESCRIPTOR_NOT_FOUND);
    }
  }

  /** Whether {@link #get} would ask somebody, or need not. */
  boolean mayBeFound(HsId service, NetworkView view) throws OnionFailure {
    DescriptorSlot slot = HsDirSchedule.of(view, testingNetwork).fetch();
    HsBlindedId blinded = blind(service, slot);
    return cached(blinded).isPresent()
        || HsDirRing.of(view, slot).forFetch(blinded).stream()
            .anyMatch(directory -> refusal(new Question(blinded, directory.ids().rsa())).isEmpty());
  }

  private synchronized Optional<Reason> refusal(Question question) {
    return Optional.ofNullable(refusals.get(question))
        .filter(refusal -> clock.instant().isBefore(refusal.until()))
        .map(Refusal::reason);
  }

  private synchronized void refused(Question question, Reason reason) {
    Instant until = clock.instant().plus(testingNetwork ? REFUSAL_TESTING : REFUSAL);
    refusals.remove(question);
    refusals.put(question, new Refusal(reason, until));
  }

  /** Forgets what is known of a service: it did not lead there, or our key for it is another. */
  void forget(HsId service, NetworkView view) throws OnionFailure {
    HsBlindedId blinded = blind(service, HsDirSchedule.of(view, testingNetwork).fetch());
    synchronized (this) {
      kept.remove(blinded);
    }
  }

  /** Forgets everything: our keys are others. */
  synchronized void clear() {
    kept.clear();
    refusals.clear();
  }

  synchronized int size() {
    return kept.size();
  }

  private static HsBlindedId blind(HsId service, DescriptorSlot slot) throws OnionFailure {
    try {
      return service.blind(slot.period());
    } catch (MalformedException e) {
      throw new OnionFailure(Reason.BAD_ADDRESS);
    }
  }

  private synchronized Optional<Found> cached(HsBlindedId blinded) {
    Instant now = clock.instant();
    return Optional.ofNullable(kept.get(blinded))
        .filter(entry -> now.isBefore(entry.until()))
        .filter(entry -> isPuzzleGood(entry.found(), now))
        .map(entry -> entry.found().whenKept());
  }

  /** The puzzle of a descriptor is of no use any more some hours before the descriptor. */
  private static boolean isPuzzleGood(Found found, Instant now) {
    return found.content().pow().map(pow -> now.isBefore(pow.expires())).orElse(true);
  }

  private Found fetch(HsId service, HsBlindedId blinded, HsDirRing ring, NetworkView view)
      throws OnionFailure, InterruptedException {
    int maxLength =
        view.params()
            .get("HSV3MaxDescriptorSize", HsDescriptor.DEFAULT_MAX_LENGTH, 1, Integer.MAX_VALUE);
    Reason reason = Reason.DESCRIPTOR_NOT_FOUND;
    List<Relay> responsible = new ArrayList<>(ring.forFetch(blinded));
    Collections.shuffle(responsible, Random.from(random));
    for (Relay directory : responsible) {
      Question question = new Question(blinded, directory.ids().rsa());
      Optional<Reason> refusal = refusal(question);
      if (refusal.isPresent()) {
        reason = refusal.get();
        continue;
      }
      try {
        DirAnswer answer = directories.fetch(directory, blinded, maxLength);
        if (answer.status() == OK) {
          return open(service, blinded, answer, maxLength);
        }
        log.debug("a directory of onion services answered {}", answer.status());
        if (answer.status() == NOT_FOUND) {
          reason = Reason.DESCRIPTOR_NOT_FOUND;
          refused(question, reason);
        }
      } catch (DirFetchException e) {
        log.debug("a directory of onion services did not answer: {}", e.reason());
      } catch (DocumentSyntaxException e) {
        log.debug("a bad descriptor: {}", e.getMessage());
        reason = Reason.DESCRIPTOR_INVALID;
        refused(question, reason);
      } catch (HsDescriptorRefusedException e) {
        log.debug("a descriptor that is not good: {}", e.reason());
        reason =
            switch (e.reason()) {
              case NEEDS_CLIENT_AUTH -> throw new OnionFailure(Reason.MISSING_CLIENT_AUTHORIZATION);
              case BAD_CLIENT_AUTH -> throw new OnionFailure(Reason.WRONG_CLIENT_AUTHORIZATION);
              // It may be the directory that is bad: another one is asked.
              case OTHER_SERVICE, BAD_OUTER_LAYER, BAD_INNER_LAYER -> Reason.DESCRIPTOR_INVALID;
            };
        refused(question, reason);
      }
    }
    throw new OnionFailure(reason);
  }

  private Found open(HsId service, HsBlindedId blinded, DirAnswer answer, int maxLength)
      throws DocumentSyntaxException, HsDescriptorRefusedException {
    Instant now = clock.instant();
    HsDescriptor descriptor =
        HsDescriptor.parse(NetdocText.of(answer.body().toArray()), maxLength, now);
    Subcredential subcredential = Subcredential.of(service, blinded);
    HsDescriptorContent content =
        descriptor.open(
            blinded,
            subcredential,
            keys.apply(service).orElse(null),
            sendmeIncrement.getAsInt(),
            now);
    Found found = new Found(content, subcredential, blinded, false);
    synchronized (this) {
      kept.put(blinded, new Kept(found, now.plus(descriptor.lifetime())));
    }
    return found;
  }
}
