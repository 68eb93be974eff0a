package org.tunic.directory.fetch;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.doc.consensus.Consensus;
import org.tunic.directory.doc.consensus.ConsensusFlavor;
import org.tunic.directory.doc.consensus.DirectorySignature;
import org.tunic.directory.doc.consensus.DirectorySignature.CertificateId;
import org.tunic.directory.doc.consensus.RelayFlag;
import org.tunic.directory.doc.consensus.RouterStatus;
import org.tunic.directory.doc.consensus.UntrustedException;
import org.tunic.directory.doc.consensus.UnverifiedConsensus;
import org.tunic.directory.doc.keycertificate.KeyCertificate;
import org.tunic.directory.doc.microdescriptor.Microdescriptor;
import org.tunic.directory.doc.routerdescriptor.RouterDescriptor;
import org.tunic.directory.netdoc.DocumentSyntaxException;
import org.tunic.directory.netdoc.NetdocText;
import org.tunic.directory.view.NetworkView;

/**
 * What we hold, what is missing, and when to fetch it: all decisions of the fetcher, without
 * clocks, threads or sockets. {@link #due} says what to ask for, {@link #apply} takes what came
 * back.
 *
 * <p>The order is that of need: a consensus; the certificates its signatures ask for; once it is
 * verified, the microdescriptors (and for caches the router descriptors) it lists that we lack.
 * Only what was asked for is kept, so that what a server can make us hold is bounded by what the
 * authorities signed.
 *
 * <p>A consensus that does not come within {@link #HEDGE} is asked for at a second and a third
 * server.
 *
 * <p>Spec: dir-spec/client-operation, dir-spec/directory-cache-operation. Threads: the fetcher's
 * virtual thread.
 */
final class FetchState {
  /** How long a request for a first consensus may take before another server is asked as well. */
  static final Duration HEDGE = Duration.ofSeconds(4);

  /** Most requests for one flavour of the consensus at a time. */
  static final int MAX_CONSENSUS_TRIES = 3;

  /** Most requests for descriptors of one kind at a time. */
  static final int MAX_DESCRIPTOR_TRIES = 4;

  /** Fewer digests than this are not worth a request of their own while others are needed. */
  static final int MIN_PER_REQUEST = 32;

  /** Up to this many missing microdescriptors can wait once circuits can be built. */
  static final int FEW = 16;

  /** How long an unverified consensus is kept while its certificates are fetched. */
  static final Duration CERTIFICATE_PATIENCE = Duration.ofSeconds(20);

  /** Relays of a circuit. */
  private static final int MIN_RELAYS = 3;

  /** How long a descriptor or microdescriptor is kept after a consensus last listed it. */
  static final Duration RETENTION = Duration.ofDays(7);

  private final FetchSettings settings;
  private final Set<RsaIdentity> authorities;
  private final RandomGenerator random;
  private final Map<ConsensusFlavor, Flavor> flavors = new EnumMap<>(ConsensusFlavor.class);
  private final Map<CertificateId, KeyCertificate> certificates = new HashMap<>();
  private final Attempts certificateAttempts;
  private final Descriptors<Microdescriptor> micros;
  private final Descriptors<RouterDescriptor> routers;

  /** Servers whose consensus turned out to be signed by too few, until they are told of. */
  private final List<DirServer> liars = new ArrayList<>();

  private @Nullable NetworkView view;

  /** One flavour of the consensus. */
  private final class Flavor {
    final Attempts attempts = new Attempts(settings.retry(), random);
    Instant due = Instant.MIN;
    @Nullable Consensus current;

    /** Consensuses whose certificates we lack, at most {@link #MAX_CONSENSUS_TRIES}. */
    final List<Waiting> waiting = new ArrayList<>();
  }

  /**
   * A consensus that may be signed by enough, once we have the certificates.
   *
   * @param source who sent it; null if it came from elsewhere
   */
  private record Waiting(
      UnverifiedConsensus consensus, @Nullable DirServer source, Instant since) {}

  /** What happened to an answer, as far as its server is concerned. */
  enum Verdict {
    /** We got all we asked for. */
    GOOD,
    /** Only certificates that we lack will show whether it is good. */
    UNDECIDED,
    /** The server has nothing (new) for us, or not all of it, or is busy. */
    USELESS,
    /** The answer is malformed, unsigned or something else than we asked for. */
    LIE
  }

  /** What an answer brought that we did not have: to be stored and published. */
  record Gains(
      List<Consensus> consensuses,
      List<KeyCertificate> certificates,
      List<Microdescriptor> microdescriptors,
      List<RouterDescriptor> descriptors) {
    Gains() {
      this(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    }

    boolean any() {
      return !(consensuses.isEmpty()
          && certificates.isEmpty()
          && microdescriptors.isEmpty()
          && descriptors.isEmpty());
    }
  }

  FetchState(FetchSettings settings, Set<RsaIdentity> authorities, RandomGenerator random) {
    this.settings = settings;
    this.authorities = Set.copyOf(authorities);
    this.random = random;
    settings.flavors().forEach(f -> flavors.put(f, new Flavor()));
    certificateAttempts = new Attempts(settings.retry(), random);
    micros = new Descriptors<>(new Attempts(settings.retry(), random));
    routers = new Descriptors<>(new Attempts(settings.retry(), random));
  }

  // ---- what to do ----

  /** What to ask for now; each returned step counts as started. */
  List<FetchStep> due(Instant now) {
    List<FetchStep> steps = new ArrayList<>();
    flavors.values().forEach(flavor -> giveUpWaiting(flavor, now));
    flavors.forEach(
        (name, flavor) -> {
          if (!now.isBefore(startOf(flavor))) {
            flavor.attempts.started(now);
            Consensus held = flavor.current;
            steps.add(new FetchStep.OfConsensus(name, held == null ? null : held.lifetime()));
          }
        });
    List<CertificateId> missing = missingCertificates(now);
    if (!missing.isEmpty()
        && certificateAttempts.underWay() == 0
        && certificateAttempts.mayStart(now)) {
      certificateAttempts.started(now);
      // In random order, so that keys somebody made up do not keep out real ones for ever.
      Collections.shuffle(missing, random);
      steps.add(
          new FetchStep.OfCertificates(
              missing.subList(0, Math.min(missing.size(), FetchStep.MAX_CERTIFICATES))));
    }
    if (!now.isBefore(startOfMicros())) {
      micros.start(now, steps, FetchStep.OfMicrodescriptors::new);
    }
    if (!now.isBefore(routers.attempts.notBefore())) {
      routers.start(now, steps, FetchStep.OfDescriptors::new);
    }
    return steps;
  }

  /** When {@link #due} may next return something, if no answer comes before. */
  Instant nextWake(Instant now) {
    Instant next = now.plus(Duration.ofHours(1));
    for (Flavor flavor : flavors.values()) {
      next = earlier(next, startOf(flavor));
    }
    if (certificateAttempts.underWay() == 0 && !missingCertificates(now).isEmpty()) {
      next = earlier(next, certificateAttempts.notBefore());
    }
    if (micros.canStart()) {
      next = earlier(next, startOfMicros());
    }
    if (routers.canStart()) {
      next = earlier(next, routers.attempts.notBefore());
    }
    return later(next, now);
  }

  /** When the next request for a flavour may start. */
  private static Instant startOf(Flavor flavor) {
    Attempts attempts = flavor.attempts;
    Instant start = later(flavor.due, attempts.notBefore());
    if (attempts.underWay() == 0) {
      return start;
    }
    // Nobody waits for one server alone when nothing at all is known yet.
    return flavor.current == null && attempts.underWay() < MAX_CONSENSUS_TRIES
        ? later(start, attempts.lastStarted().plus(HEDGE))
        : Instant.MAX;
  }

  private Instant startOfMicros() {
    Attempts attempts = micros.attempts;
    boolean canWait =
        !settings.early()
            && view != null
            && view.dirInfo().enough()
            && micros.missing.size() < FEW
            && !attempts.lastStarted().equals(Instant.MIN);
    return canWait
        ? later(attempts.notBefore(), attempts.lastStarted().plus(settings.lazily()))
        : attempts.notBefore();
  }

  private List<CertificateId> missingCertificates(Instant now) {
    Set<CertificateId> wanted = new LinkedHashSet<>();
    for (Flavor flavor : flavors.values()) {
      flavor.waiting.forEach(waiting -> wanted.addAll(waiting.consensus.certificates()));
      if (flavor.current != null) {
        flavor.current.signatures().stream()
            .map(DirectorySignature::certificate)
            .forEach(wanted::add);
      }
    }
    wanted.removeIf(
        id -> {
          KeyCertificate held = certificates.get(id);
          return !authorities.contains(id.identity()) || (held != null && held.isValid(now));
        });
    return new ArrayList<>(wanted);
  }

  /** What certificates in time could not prove was signed with keys that somebody made up. */
  private void giveUpWaiting(Flavor flavor, Instant now) {
    flavor.waiting.removeIf(
        waiting -> {
          boolean over = !now.isBefore(waiting.since.plus(CERTIFICATE_PATIENCE));
          if (over && waiting.source != null) {
            liars.add(waiting.source);
          }
          return over;
        });
  }

  /** Servers from which we have a consensus without being able to tell whether it is good. */
  Set<RsaIdentity> undecided(ConsensusFlavor name) {
    return flavor(name).waiting.stream()
        .flatMap(waiting -> Stream.ofNullable(waiting.source))
        .map(source -> source.ids().rsa())
        .collect(Collectors.toSet());
  }

  /** The servers whose consensus proved to be none since this was last asked. */
  List<DirServer> liars() {
    List<DirServer> found = List.copyOf(liars);
    liars.clear();
    return found;
  }

  // ---- what came back ----

  /** Takes an answer of {@code server}; what is new goes into {@code gains}. */
  Verdict apply(FetchStep step, DirServer server, DirAnswer answer, Instant now, Gains gains) {
    if (answer.status() != 200) {
      failed(step, now);
      return Verdict.USELESS;
    }
    NetdocText text = NetdocText.of(answer.body().toArray());
    return switch (step) {
      case FetchStep.OfConsensus(ConsensusFlavor flavor, var _) ->
          applyConsensus(flavor, server, text, now, gains);
      case FetchStep.OfCertificates(List<CertificateId> ids) ->
          applyCertificates(ids, text, now, gains);
      case FetchStep.OfMicrodescriptors(List<Bytes> digests) -> {
        List<Microdescriptor> got = Microdescriptor.parseAll(text);
        int taken =
            micros.finish(digests, got, Microdescriptor::digest, now, gains.microdescriptors);
        yield judge(taken, digests.size(), got);
      }
      case FetchStep.OfDescriptors(List<Bytes> digests) -> {
        List<RouterDescriptor> got = RouterDescriptor.parseAll(text);
        int taken = routers.finish(digests, got, RouterDescriptor::digest, now, gains.descriptors);
        yield judge(taken, digests.size(), got);
      }
    };
  }

  /**
   * Nobody honest sends what was not asked for; who lacks some of it is not asked again at once.
   */
  private static Verdict judge(int taken, int asked, Collection<?> got) {
    if (taken < got.size()) {
      return Verdict.LIE;
    }
    return taken == asked ? Verdict.GOOD : Verdict.USELESS;
  }

  /** No answer came, or one without what we asked for. */
  void failed(FetchStep step, Instant now) {
    switch (step) {
      case FetchStep.OfConsensus(ConsensusFlavor flavor, var _) ->
          flavor(flavor).attempts.failed(now);
      case FetchStep.OfCertificates _ -> {
        certificateAttempts.failed(now);
        askElsewhere(now);
      }
      case FetchStep.OfMicrodescriptors(List<Bytes> digests) -> micros.fail(digests, now);
      case FetchStep.OfDescriptors(List<Bytes> digests) -> routers.fail(digests, now);
    }
  }

  /** Certificates that are not to be had may not exist: another consensus is asked for at once. */
  private void askElsewhere(Instant now) {
    for (Flavor flavor : flavors.values()) {
      if (!flavor.waiting.isEmpty() && flavor.waiting.size() < MAX_CONSENSUS_TRIES) {
        flavor.due = earlier(flavor.due, now);
      }
    }
  }

  private Flavor flavor(ConsensusFlavor name) {
    Flavor flavor = flavors.get(name);
    if (flavor == null) {
      throw new IllegalArgumentException("a flavour we do not fetch");
    }
    return flavor;
  }

  private Verdict applyConsensus(
      ConsensusFlavor name, DirServer server, NetdocText text, Instant now, Gains gains) {
    Attempts attempts = flavor(name).attempts;
    attempts.ended();
    Verdict verdict = takeConsensus(name, server, text, now, gains);
    if (verdict != Verdict.GOOD && verdict != Verdict.UNDECIDED) {
      attempts.delay(now);
    }
    return verdict;
  }

  /**
   * Takes a consensus, whether asked for or not: from the cache on disk, or computed by ourselves.
   */
  Verdict offerConsensus(ConsensusFlavor name, NetdocText text, Instant now, Gains gains) {
    return takeConsensus(name, null, text, now, gains);
  }

  private Verdict takeConsensus(
      ConsensusFlavor name, @Nullable DirServer source, NetdocText text, Instant now, Gains gains) {
    Flavor flavor = flavors.get(name);
    if (flavor == null) {
      return Verdict.USELESS;
    }
    UnverifiedConsensus parsed;
    try {
      parsed = UnverifiedConsensus.parse(text);
    } catch (DocumentSyntaxException e) {
      return Verdict.LIE;
    }
    return parsed.flavor() == name
        ? verify(flavor, new Waiting(parsed, source, now), now, gains)
        : Verdict.LIE;
  }

  private Verdict verify(Flavor flavor, Waiting candidate, Instant now, Gains gains) {
    UnverifiedConsensus parsed = candidate.consensus;
    Consensus verified;
    try {
      verified = parsed.verify(authorities, certificates.values(), now);
    } catch (UntrustedException e) {
      return switch (e.reason()) {
        case MISSING_CERTIFICATES -> {
          if (flavor.waiting.size() >= MAX_CONSENSUS_TRIES) {
            flavor.waiting.removeFirst();
          }
          flavor.waiting.add(candidate);
          flavor.due = candidate.since.plus(CERTIFICATE_PATIENCE);
          certificateAttempts.forgive();
          yield Verdict.UNDECIDED;
        }
        case TOO_FEW_SIGNATURES -> Verdict.LIE;
        case EXPIRED, NOT_YET_VALID -> Verdict.USELESS;
      };
    }
    Consensus held = flavor.current;
    if (held != null && !verified.lifetime().validAfter().isAfter(held.lifetime().validAfter())) {
      return Verdict.USELESS;
    }
    accept(flavor, verified, now);
    gains.consensuses.add(verified);
    return Verdict.GOOD;
  }

  private void accept(Flavor flavor, Consensus consensus, Instant now) {
    flavor.current = consensus;
    flavor.waiting.clear();
    FetchWindow window =
        settings.early()
            ? FetchWindow.forCache(consensus.lifetime())
            : FetchWindow.forClient(consensus.lifetime());
    flavor.due = isUsable(consensus) ? window.choose(random) : now;
    flavor.attempts.forgive();
    flavor.attempts.pause(now);
    switch (consensus.flavor()) {
      case MICRODESC -> {
        micros.want(consensus, now);
        rebuildView(consensus);
      }
      case NS -> {
        if (settings.descriptors()) {
          routers.want(consensus, now);
        }
      }
    }
  }

  /**
   * Whether a circuit through the relays listed is possible. The first consensus of a new network
   * may come before its relays do: nobody stays with it for its whole life.
   */
  private static boolean isUsable(Consensus consensus) {
    return consensus.relays().size() >= MIN_RELAYS
        && consensus.relays().stream().anyMatch(relay -> relay.has(RelayFlag.EXIT));
  }

  private Verdict applyCertificates(
      List<CertificateId> ids, NetdocText text, Instant now, Gains gains) {
    Set<CertificateId> asked = new HashSet<>(ids);
    List<KeyCertificate> got = KeyCertificate.parseAll(text);
    boolean any = false;
    for (KeyCertificate certificate : got) {
      if (asked.contains(idOf(certificate)) && offerCertificate(certificate, gains)) {
        any = true;
      }
    }
    if (!any) {
      certificateAttempts.failed(now);
      askElsewhere(now);
      return got.isEmpty() ? Verdict.USELESS : Verdict.LIE;
    }
    certificateAttempts.ended();
    certificateAttempts.forgive();
    verifyWaiting(now, gains);
    return Verdict.GOOD;
  }

  private static CertificateId idOf(KeyCertificate certificate) {
    return new CertificateId(certificate.identity(), certificate.signingKeyDigest());
  }

  /** Takes a certificate of a configured authority; whether it was new. */
  boolean offerCertificate(KeyCertificate certificate, Gains gains) {
    if (!authorities.contains(certificate.identity())
        || certificates.putIfAbsent(idOf(certificate), certificate) != null) {
      return false;
    }
    gains.certificates.add(certificate);
    return true;
  }

  private void verifyWaiting(Instant now, Gains gains) {
    for (Flavor flavor : flavors.values()) {
      List<Waiting> candidates = List.copyOf(flavor.waiting);
      flavor.waiting.clear();
      boolean found = false;
      for (int i = 0; i < candidates.size() && !found; i++) {
        Waiting candidate = candidates.get(i);
        Verdict verdict = verify(flavor, candidate, now, gains);
        if (verdict == Verdict.LIE && candidate.source != null) {
          liars.add(candidate.source);
        }
        found = verdict == Verdict.GOOD;
      }
      if (!found && flavor.waiting.isEmpty() && !candidates.isEmpty()) {
        flavor.due = now; // all the certificates are there and none is good: ask anew
      }
    }
  }

  /** Takes a microdescriptor from elsewhere; whether it was new. */
  boolean offerMicrodescriptor(Microdescriptor micro, Instant lastListed, Gains gains) {
    boolean isNew = micros.put(micro.digest(), micro, lastListed);
    if (isNew) {
      gains.microdescriptors.add(micro);
    }
    return isNew;
  }

  /** Takes a router descriptor from elsewhere; whether it was new. */
  boolean offerDescriptor(RouterDescriptor descriptor, Gains gains) {
    boolean isNew = routers.put(descriptor.digest(), descriptor, descriptor.published());
    if (isNew) {
      gains.descriptors.add(descriptor);
    }
    return isNew;
  }

  // ---- what we hold ----

  /** Makes the view anew after microdescriptors came. */
  void rebuildView() {
    Consensus consensus = flavor(ConsensusFlavor.MICRODESC).current;
    if (consensus != null) {
      rebuildView(consensus);
    }
  }

  private void rebuildView(Consensus consensus) {
    view = NetworkView.of(consensus, micros::get, settings.pathsNeeded());
  }

  Optional<NetworkView> view() {
    return Optional.ofNullable(view);
  }

  Collection<KeyCertificate> certificates() {
    return certificates.values();
  }

  Map<Microdescriptor, Instant> microdescriptors() {
    return micros.lastListed();
  }

  Collection<RouterDescriptor> descriptors() {
    return routers.lastListed().keySet();
  }

  DirectoryDocuments documents() {
    Map<ConsensusFlavor, Consensus> consensuses = new EnumMap<>(ConsensusFlavor.class);
    flavors.forEach(
        (name, flavor) -> {
          if (flavor.current != null) {
            consensuses.put(name, flavor.current);
          }
        });
    return new DirectoryDocuments(
        consensuses, certificates, micros.documents(), routers.documents());
  }

  private static Instant earlier(Instant a, Instant b) {
    return a.isBefore(b) ? a : b;
  }

  private static Instant later(Instant a, Instant b) {
    return a.isAfter(b) ? a : b;
  }

  /** The digests a consensus lists. */
  static Set<Bytes> digests(Consensus consensus) {
    Set<Bytes> digests = new LinkedHashSet<>();
    for (RouterStatus relay : consensus.relays()) {
      relay.descriptorDigest().ifPresent(digests::add);
    }
    return digests;
  }
}
