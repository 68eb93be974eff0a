package org.tunic.directory.authority;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.identity.RelayIds;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.authority.consensus.ConsensusComputer;
import org.tunic.directory.authority.consensus.UnsignedConsensus;
import org.tunic.directory.authority.descriptors.DescriptorBook;
import org.tunic.directory.authority.descriptors.ReachabilityTests;
import org.tunic.directory.authority.descriptors.UploadOutcome;
import org.tunic.directory.authority.flags.StabilityHistory;
import org.tunic.directory.authority.keys.AuthorityKeys;
import org.tunic.directory.authority.sharedrandom.SharedRandomState;
import org.tunic.directory.authority.voting.PendingConsensus;
import org.tunic.directory.authority.voting.VoteBox;
import org.tunic.directory.authority.voting.VoteMaker;
import org.tunic.directory.authority.voting.VoteOutcome;
import org.tunic.directory.authority.voting.VotingRound;
import org.tunic.directory.authority.voting.VotingSchedule;
import org.tunic.directory.authority.voting.VotingSchedule.Timing;
import org.tunic.directory.doc.consensus.Consensus;
import org.tunic.directory.doc.consensus.ConsensusFlavor;
import org.tunic.directory.doc.consensus.ConsensusPreamble;
import org.tunic.directory.doc.consensus.UntrustedException;
import org.tunic.directory.doc.consensus.UnverifiedConsensus;
import org.tunic.directory.doc.detachedsig.DetachedSignatures;
import org.tunic.directory.doc.extrainfo.ExtraInfo;
import org.tunic.directory.doc.keycertificate.KeyCertificate;
import org.tunic.directory.doc.microdescriptor.Microdescriptor;
import org.tunic.directory.doc.routerdescriptor.RouterDescriptor;
import org.tunic.directory.doc.vote.Vote;
import org.tunic.directory.doc.vote.VoteEntry;
import org.tunic.directory.linkspec.RelayAddress;
import org.tunic.directory.netdoc.DocumentSyntaxException;
import org.tunic.directory.netdoc.NetdocText;
import org.tunic.directory.view.ConsensusParameters;

/**
 * All that an authority knows and is about to decide: relays, votes, signatures, the pending
 * consensus.
 *
 * <p>Requests of others come in through the methods that take documents; {@link
 * org.tunic.directory.authority.voting.VotingRound} goes through the steps of a round; what is
 * served to others is asked from here. Nothing here opens a connection.
 *
 * <p>Spec: dir-spec/directory-authority-operation-formats. Threads: any, guarded by {@code this};
 * making a vote or a consensus holds the lock for as long as that takes, so call from virtual
 * threads, not from event loops.
 */
public final class AuthorityState {
  /** Most detached signatures kept before our own consensus is ready. */
  static final int MAX_QUEUED_SIGNATURES = 64;

  /** Most certificates kept of one authority. */
  static final int MAX_CERTIFICATES = 8;

  /** How long microdescriptors are served after we last voted for them. */
  private static final Duration MICRODESCRIPTOR_LIFETIME = Duration.ofDays(7);

  private static final Logger log = LoggerFactory.getLogger(AuthorityState.class);

  private final AuthorityConfig config;
  private final AuthorityKeys keys;
  private final AuthorityFiles files;
  private final InstantSource clock;
  private final Listener listener;
  private final Instant started;
  private final DescriptorBook book;
  private final StabilityHistory history;
  private final ReachabilityTests reachability;
  private final SharedRandomState sharedRandom;
  private final VoteBox votes;
  private final VoteMaker voteMaker;
  private final Map<RsaIdentity, List<KeyCertificate>> certificates = new HashMap<>();
  private final Map<Bytes, VotedMicrodescriptor> microdescriptors = new HashMap<>();
  private final List<DetachedSignatures> queuedSignatures = new ArrayList<>();
  private @Nullable PendingConsensus pending;
  private @Nullable ConsensusPreamble consensus;
  private VotingSchedule schedule;

  private record VotedMicrodescriptor(Microdescriptor microdescriptor, Instant lastVoted) {}

  /**
   * Takes what we produced, to serve and to use it.
   *
   * <p>Threads: called on the thread of the voting round or of an upload, not under the state's
   * lock.
   */
  public interface Listener {
    /** A consensus was signed by more than half of the authorities and its time has come. */
    void published(ConsensusFlavor flavor, NetdocText text);

    /** All key certificates of authorities that we know now. */
    void certificates(Collection<KeyCertificate> certificates);

    /** Microdescriptors that we have just voted for. */
    void microdescriptors(Collection<Microdescriptor> microdescriptors);

    /** A vote or a signature came, or the round went on: what is served of the round is new. */
    default void votingChanged() {}
  }

  /** Starts with what is on disk. */
  public AuthorityState(
      AuthorityConfig config,
      AuthorityKeys keys,
      AuthorityFiles files,
      InstantSource clock,
      SecureRandom random,
      Listener listener) {
    this.config = config;
    this.keys = keys;
    this.files = files;
    this.clock = clock;
    this.listener = listener;
    this.started = clock.instant();
    this.book = new DescriptorBook(config, files.keyPins());
    this.history = new StabilityHistory(config.testing());
    this.reachability = new ReachabilityTests(config, book, history);
    this.sharedRandom = new SharedRandomState(keys.identity(), config.v3idents(), random);
    this.votes = new VoteBox(config.v3idents(), config.testing());
    this.voteMaker = new VoteMaker(config, book, reachability, history);
    this.schedule = scheduleAfter(started);
    restore();
    voteMaker.readBandwidths(started);
    addCertificate(keys.certificate());
  }

  private void restore() {
    Instant now = clock.instant();
    NetdocText text = files.descriptors();
    DescriptorBook.split(text, Integer.MAX_VALUE).forEach(part -> book.restore(part, now));
    book.all().forEach(descriptor -> reachability.soon(descriptor.identity()));
    files.writeDescriptors(book.documents());
    files.sharedRandom().ifPresent(file -> sharedRandom.restore(file, now, sharedRandomInterval()));
  }

  // ---- what relays send

  /** A POST to {@code /tor/}: descriptors and extra-infos of a relay. */
  public synchronized UploadOutcome upload(byte[] body) {
    return book.upload(body, clock.instant(), new BookListener());
  }

  /** Descriptors that we asked another authority for. */
  public synchronized void fetchedDescriptors(byte[] body) {
    Instant now = clock.instant();
    for (NetdocText part : DescriptorBook.split(NetdocText.of(body), VotingRound.MAX_DESCRIPTORS)) {
      book.upload(part.bytes(), now, new BookListener());
    }
  }

  /** Our own relay's documents, which need no upload. */
  public synchronized void ownDescriptor(RouterDescriptor descriptor, ExtraInfo extraInfo) {
    Instant now = clock.instant();
    book.restore(descriptor.text(), now);
    book.restore(extraInfo.text(), now);
  }

  private final class BookListener implements DescriptorBook.Listener {
    @Override
    public void added(RouterDescriptor descriptor, boolean testNow) {
      files.appendDescriptor(descriptor.text());
      if (testNow) {
        reachability.soon(descriptor.identity());
      }
    }

    @Override
    public void added(ExtraInfo extraInfo) {
      files.appendDescriptor(extraInfo.text());
    }

    @Override
    public void pinned(String line) {
      files.appendKeyPin(line);
    }
  }

  /** The reachability tests to start now. Ask every second. */
  public synchronized List<ReachabilityTests.Target> dueTests() {
    return reachability.due(clock.instant());
  }

  /** CERTS on a connection to this address proved these identities. */
  public synchronized void reachable(RelayIds proven, RelayAddress at) {
    reachability.reachable(proven, at, clock.instant());
  }

  // ---- what authorities send

  /** A POST to {@code /tor/post/vote}. */
  public VoteOutcome postVote(byte[] body) {
    return addVotes(NetdocText.of(body), Optional.of(clock.instant()));
  }

  /** Votes that we asked for; they may come late. */
  public VoteOutcome fetchedVotes(NetdocText text) {
    return addVotes(text, Optional.empty());
  }

  private VoteOutcome addVotes(NetdocText text, Optional<Instant> posted) {
    List<KeyCertificate> fresh = new ArrayList<>();
    VoteOutcome outcome;
    synchronized (this) {
      outcome =
          votes.add(
              text,
              currentRound(),
              posted,
              vote -> {
                sharedRandom.received(vote.sharedRandom(), vote.voter().identity());
                if (addCertificate(vote.certificate())) {
                  fresh.add(vote.certificate());
                }
              });
      saveSharedRandom();
    }
    if (!fresh.isEmpty()) {
      listener.certificates(certificates());
    }
    listener.votingChanged();
    log.debug("votes {}: {}", posted.isPresent() ? "posted" : "fetched", outcome.reason());
    return outcome;
  }

  /** A POST to {@code /tor/post/consensus-signature}, or such a document that we asked for. */
  public VoteOutcome postSignatures(byte[] body) {
    VoteOutcome outcome = addSignatures(body);
    listener.votingChanged();
    return outcome;
  }

  private synchronized VoteOutcome addSignatures(byte[] body) {
    DetachedSignatures detached;
    try {
      detached = DetachedSignatures.parse(NetdocText.of(body));
    } catch (DocumentSyntaxException e) {
      return new VoteOutcome(400, "Couldn't parse detached signatures.");
    }
    if (pending == null) {
      if (queuedSignatures.size() >= MAX_QUEUED_SIGNATURES) {
        return new VoteOutcome(400, "Too many signatures queued.");
      }
      queuedSignatures.add(detached);
      return new VoteOutcome(200, "Signature queued");
    }
    return switch (pending.add(detached, certificates())) {
      case PendingConsensus.Outcome.Added(int count) ->
          new VoteOutcome(200, count > 0 ? "Signatures added" : "Signatures ignored");
      case PendingConsensus.Outcome.Refused(String why) -> new VoteOutcome(400, why);
    };
  }

  // ---- the steps of a round

  /** The round that is going on. */
  public synchronized VotingSchedule schedule() {
    return currentRound();
  }

  /** A round whose time came while nobody voted is over: we were not running, or nobody was. */
  private VotingSchedule currentRound() {
    Instant now = clock.instant();
    if (isIdle() && !now.isBefore(schedule.validAfter())) {
      schedule = scheduleAfter(now);
    }
    return schedule;
  }

  private boolean isIdle() {
    return votes.pending().isEmpty() && pending == null;
  }

  /** Whether {@code moment} has not come yet. */
  public boolean isBefore(Instant moment) {
    return clock.instant().isBefore(moment);
  }

  /** Makes our vote and takes it for cast. */
  public NetdocText vote() {
    VoteMaker.Made made;
    synchronized (this) {
      Instant now = clock.instant();
      book.expire(now);
      reachability.expire();
      sharedRandom.prepare(schedule.validAfter(), sharedRandomInterval(), now);
      String lines = config.sharedRandomness() ? sharedRandom.voteLines() : "";
      ConsensusPreamble live = liveConsensus(now);
      made =
          voteMaker.make(
              now,
              schedule.validAfter(),
              Duration.between(started, now),
              keys,
              lines,
              live == null ? ConsensusParameters.DEFAULTS : new ConsensusParameters(live.params()));
      for (Microdescriptor microdescriptor : made.microdescriptors()) {
        microdescriptors.put(
            microdescriptor.digest(), new VotedMicrodescriptor(microdescriptor, now));
      }
      microdescriptors
          .values()
          .removeIf(m -> m.lastVoted.isBefore(now.minus(MICRODESCRIPTOR_LIFETIME)));
    }
    listener.microdescriptors(made.microdescriptors());
    VoteOutcome outcome = fetchedVotes(made.text());
    if (!outcome.accepted()) {
      log.warn("our own vote was not stored: {}", outcome.reason());
    }
    return made.text();
  }

  /** Authorities whose votes we lack. */
  public synchronized List<RsaIdentity> missingVotes() {
    return votes.missing();
  }

  /**
   * Computes the consensus of the votes at hand and signs it.
   *
   * @return the signatures to send to the others: ours if we voted, and those that came early;
   *     empty if there are none, or too few votes
   */
  public Optional<NetdocText> compute() {
    Optional<NetdocText> signatures = computeAndSign();
    listener.votingChanged();
    return signatures;
  }

  private synchronized Optional<NetdocText> computeAndSign() {
    Collection<Vote> cast = votes.pending();
    int authorities = config.authorities().size();
    if (cast.size() <= authorities / 2) {
      log.warn("not enough votes for a consensus: {} of {}", cast.size(), authorities / 2 + 1);
      return Optional.empty();
    }
    if (cast.stream().noneMatch(vote -> vote.knownFlags().contains("Running"))) {
      log.warn("nobody has voted on the flag Running, so there is no consensus");
      return Optional.empty();
    }
    ConsensusComputer computer = new ConsensusComputer(cast, authorities, sharedRandom.isFresh());
    List<UnsignedConsensus> both = new ArrayList<>();
    for (ConsensusFlavor flavor : ConsensusFlavor.values()) {
      both.add(computer.compute(flavor));
    }
    Set<RsaIdentity> voters =
        Set.copyOf(cast.stream().map(vote -> vote.voter().identity()).toList());
    PendingConsensus computed = new PendingConsensus(both, voters, keys);
    queuedSignatures.forEach(queued -> computed.add(queued, certificates()));
    queuedSignatures.clear();
    pending = computed;
    return computed.detached().text();
  }

  /** Whether the consensus we computed still lacks an authority's signature. */
  public synchronized boolean lacksSignatures() {
    return pending != null && pending.signatures(ConsensusFlavor.NS) < config.authorities().size();
  }

  /**
   * The time of the round has come: publishes what enough have signed, and goes on to the next
   * round.
   *
   * @param round the round that ends
   */
  public void publish(VotingSchedule round) {
    Map<ConsensusFlavor, NetdocText> published = new java.util.EnumMap<>(ConsensusFlavor.class);
    synchronized (this) {
      if (schedule.validAfter().isAfter(round.validAfter())) {
        return; // nobody voted, and a vote of the next round is here already
      }
      int enough = config.authorities().size() / 2 + 1;
      for (ConsensusFlavor flavor : ConsensusFlavor.values()) {
        PendingConsensus computed = pending;
        if (computed != null && computed.signatures(flavor) >= enough) {
          computed.text(flavor).ifPresent(text -> published.put(flavor, text));
        } else {
          log.warn("not enough signatures to publish the {} consensus", flavor.keyword());
        }
      }
      NetdocText ns = published.get(ConsensusFlavor.NS);
      if (ns != null) {
        adoptOwn(ns);
      }
      votes.nextRound();
      pending = null;
      queuedSignatures.clear();
      Instant now = clock.instant();
      schedule = scheduleAfter(now.isBefore(round.validAfter()) ? round.validAfter() : now);
      sharedRandom.prepare(schedule.validAfter(), sharedRandomInterval(), now);
      saveSharedRandom();
    }
    published.forEach(listener::published);
    listener.votingChanged();
  }

  private void adoptOwn(NetdocText ns) {
    try {
      adopt(
          UnverifiedConsensus.parse(ns)
              .verify(config.v3idents(), certificates(), clock.instant())
              .preamble());
      log.info("consensus published");
    } catch (DocumentSyntaxException | UntrustedException e) {
      log.error("the consensus we computed does not hold: {}", e.getMessage());
    }
  }

  /**
   * A consensus that we hold, verified, whoever gave it to us: its times count for the next round.
   */
  public synchronized void consensus(Consensus ns) {
    ConsensusPreamble known = consensus;
    boolean newer =
        known == null || known.lifetime().validAfter().isBefore(ns.lifetime().validAfter());
    if (ns.flavor() == ConsensusFlavor.NS && newer) {
      adopt(ns.preamble());
      if (isIdle()) {
        schedule = scheduleAfter(clock.instant());
      }
    }
  }

  private void adopt(ConsensusPreamble ns) {
    consensus = ns;
    sharedRandom.published(ns.sharedRandom());
  }

  private VotingSchedule scheduleAfter(Instant now) {
    Optional<Timing> live = Optional.ofNullable(liveConsensus(now)).map(Timing::of);
    return VotingSchedule.after(now, live, config.initial(), config.startOffset());
  }

  private @Nullable ConsensusPreamble liveConsensus(Instant now) {
    ConsensusPreamble known = consensus;
    return known != null && known.lifetime().isLive(now) ? known : null;
  }

  private Duration sharedRandomInterval() {
    ConsensusPreamble live = liveConsensus(clock.instant());
    return live == null ? config.voting().interval() : live.lifetime().interval();
  }

  private void saveSharedRandom() {
    sharedRandom.file().ifPresent(files::writeSharedRandom);
  }

  // ---- certificates

  private boolean addCertificate(KeyCertificate certificate) {
    if (!config.v3idents().contains(certificate.identity())) {
      return false;
    }
    List<KeyCertificate> known =
        certificates.computeIfAbsent(certificate.identity(), _ -> new ArrayList<>());
    if (known.stream().anyMatch(c -> c.signingKeyDigest().equals(certificate.signingKeyDigest()))) {
      return false;
    }
    known.add(certificate);
    known.sort(Comparator.comparing(KeyCertificate::published).reversed());
    if (known.size() > MAX_CERTIFICATES) {
      known.removeLast();
    }
    return true;
  }

  /** Takes certificates that were fetched or read from the cache. */
  public synchronized void addCertificates(Collection<KeyCertificate> fetched) {
    fetched.forEach(this::addCertificate);
  }

  /** Certificates that we asked another authority for. */
  public void fetchedCertificates(byte[] body) {
    boolean fresh = false;
    synchronized (this) {
      for (KeyCertificate certificate : KeyCertificate.parseAll(NetdocText.of(body))) {
        fresh |= addCertificate(certificate);
      }
    }
    if (fresh) {
      listener.certificates(certificates());
    }
  }

  /** Whether we have no valid certificate of an authority. */
  public boolean lacksCertificate(RsaIdentity authority) {
    return certificates().stream().noneMatch(c -> c.identity().equals(authority));
  }

  // ---- what is served

  public RsaIdentity v3ident() {
    return keys.identity();
  }

  public KeyCertificate ownCertificate() {
    return keys.certificate();
  }

  /** All certificates of authorities that have not expired. */
  public synchronized Collection<KeyCertificate> certificates() {
    Instant now = clock.instant();
    return certificates.values().stream()
        .flatMap(List::stream)
        .filter(c -> c.isValid(now))
        .toList();
  }

  /**
   * The consensus we computed and are gathering signatures for; only between computing and
   * publishing.
   */
  public synchronized Optional<NetdocText> pendingConsensus(ConsensusFlavor flavor) {
    return Optional.ofNullable(pending).flatMap(p -> p.text(flavor));
  }

  /** The bandwidth file that our last vote was made from, or the next will be. */
  public synchronized Optional<Bytes> bandwidthFile() {
    return voteMaker.bandwidthFile();
  }

  /** The signatures gathered so far; only between computing and publishing. */
  public synchronized Optional<NetdocText> pendingSignatures() {
    return Optional.ofNullable(pending).flatMap(p -> p.detached().text());
  }

  /** The vote of an authority for the round that is going on. */
  public synchronized Optional<Vote> nextVote(RsaIdentity authority) {
    return votes.pending(authority);
  }

  /** The vote of an authority for the round before. */
  public synchronized Optional<Vote> currentVote(RsaIdentity authority) {
    return votes.previous(authority);
  }

  /** The vote with this digest, of either round. */
  public synchronized Optional<Vote> voteByDigest(Bytes sha1) {
    return votes.byDigest(sha1);
  }

  /** A microdescriptor that we voted for. */
  public synchronized Optional<Microdescriptor> microdescriptor(Bytes sha256) {
    return Optional.ofNullable(microdescriptors.get(sha256))
        .map(VotedMicrodescriptor::microdescriptor);
  }

  /** The newest descriptor of a relay. */
  public synchronized Optional<RouterDescriptor> descriptor(RsaIdentity relay) {
    return book.newest(relay);
  }

  public synchronized Optional<RouterDescriptor> descriptorByDigest(Bytes sha1) {
    return book.byDigest(sha1);
  }

  /** The newest descriptor of every relay. */
  public synchronized Collection<RouterDescriptor> descriptors() {
    return book.all();
  }

  public synchronized Optional<ExtraInfo> extraInfo(Bytes sha1) {
    return book.extraInfo(sha1);
  }

  /**
   * Descriptors that the vote of an authority is about and that we lack although they are newer
   * than ours: it can give them to us.
   *
   * @param limit most digests wanted
   */
  public synchronized List<Bytes> missingDescriptors(RsaIdentity authority, int limit) {
    List<Bytes> missing = new ArrayList<>();
    Optional<Vote> vote = votes.pending(authority).or(() -> votes.previous(authority));
    for (VoteEntry entry : vote.map(Vote::entries).orElse(List.of())) {
      boolean newer =
          book.newest(entry.identity())
              .map(d -> d.published().isBefore(entry.published()))
              .orElse(true);
      if (newer && book.byDigest(entry.descriptorDigest()).isEmpty() && missing.size() < limit) {
        missing.add(entry.descriptorDigest());
      }
    }
    return missing;
  }
}
