package org.tunic.daemon.wiring;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.identity.RelayIds;
import org.tunic.daemon.config.Config;
import org.tunic.daemon.config.ConfigException;
import org.tunic.daemon.config.RouterSet;
import org.tunic.daemon.keystore.AuthorityKeys;
import org.tunic.directory.authority.AuthorityConfig;
import org.tunic.directory.authority.AuthorityFiles;
import org.tunic.directory.authority.AuthorityState;
import org.tunic.directory.authority.OperatorFiles;
import org.tunic.directory.authority.descriptors.AddressRules;
import org.tunic.directory.authority.descriptors.ApprovedRouters;
import org.tunic.directory.authority.descriptors.ReachabilityTests;
import org.tunic.directory.authority.descriptors.UploadOutcome;
import org.tunic.directory.authority.flags.FlagSettings;
import org.tunic.directory.authority.flags.RelaySet;
import org.tunic.directory.authority.voting.VoteOutcome;
import org.tunic.directory.authority.voting.VotingRound;
import org.tunic.directory.authority.voting.VotingSchedule.Timing;
import org.tunic.directory.doc.consensus.Consensus;
import org.tunic.directory.doc.consensus.ConsensusFlavor;
import org.tunic.directory.doc.extrainfo.ExtraInfo;
import org.tunic.directory.doc.keycertificate.KeyCertificate;
import org.tunic.directory.doc.microdescriptor.Microdescriptor;
import org.tunic.directory.doc.routerdescriptor.RouterDescriptor;
import org.tunic.directory.doc.vote.Vote;
import org.tunic.directory.fetch.DirAnswer;
import org.tunic.directory.fetch.DirAuthority;
import org.tunic.directory.fetch.DirectoryFetcher;
import org.tunic.directory.fetch.DirectoryTransport;
import org.tunic.directory.linkspec.RelayAddress;
import org.tunic.directory.netdoc.NetdocText;
import org.tunic.directory.policy.ExitPolicy;
import org.tunic.directory.policy.PolicySyntaxException;
import org.tunic.directory.protover.TorVersion;
import org.tunic.directory.serve.DocumentBoard;
import org.tunic.directory.serve.DocumentSet;
import org.tunic.directory.serve.Uploads;
import org.tunic.directory.serve.VotingDocuments;
import org.tunic.router.channel.Channel;
import org.tunic.router.channel.ExtendTarget;

/**
 * What makes a relay an authority: it takes uploads, tests reachability, votes, and serves what
 * comes of it.
 *
 * <p>Threads: made and closed by one thread; uploads come from several.
 */
final class AuthorityRole implements Uploads, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AuthorityRole.class);

  private final Engine engine;
  private final AuthorityConfig config;
  private final AuthorityState state;
  private final DocumentBoard board;
  private final Function<ExtendTarget, CompletableFuture<Channel>> channels;
  private final VotingRound round;

  /** Whether descriptors came since they were last put on the board. */
  private final AtomicBoolean dirty = new AtomicBoolean(true);

  private volatile List<Microdescriptor> voted = List.of();
  private @Nullable DirectoryFetcher fetcher;
  private io.netty.util.concurrent.@Nullable Future<?> ticks;

  /**
   * @param ids our relay identities
   * @param channels a channel to a relay that we opened, to see whether it is there
   * @throws ConfigException when a part of the configuration cannot be used
   */
  AuthorityRole(
      Config config,
      Config.Authority authority,
      AuthorityKeys keys,
      RelayIds ids,
      Engine engine,
      List<DirAuthority> authorities,
      DirectoryTransport transport,
      DocumentBoard board,
      Function<ExtendTarget, CompletableFuture<Channel>> channels)
      throws ConfigException {
    this.engine = engine;
    this.board = board;
    this.channels = channels;
    this.config = config(config, authority, ids, authorities);
    this.state =
        new AuthorityState(
            this.config,
            new org.tunic.directory.authority.keys.AuthorityKeys(
                keys.certificate(), keys.signingKey()),
            new AuthorityFiles(config.directories().data()),
            engine.clock(),
            engine.random(),
            new Published());
    this.round =
        new VotingRound(this.config, state, transport, VotingRound.sleeper(engine.clock()));
  }

  private static AuthorityConfig config(
      Config config, Config.Authority authority, RelayIds ids, List<DirAuthority> authorities)
      throws ConfigException {
    Config.Relay relay = config.relay().orElseThrow();
    InetAddress address =
        relay
            .publishedIpv4()
            .orElseThrow(
                () ->
                    new ConfigException(
                        "an authority must know its address; set Address in the torrc"));
    Config.VotingSchedule schedule = authority.schedule();
    return new AuthorityConfig(
        relay.nickname(),
        ids,
        relay.contact().orElse(""),
        RelayAddress.of(new InetSocketAddress(address, port(relay.orPorts()))),
        port(relay.dirPorts()),
        authorities,
        config.network().testing(),
        config.network().allowPrivateDirectoryAddresses(),
        new Timing(schedule.interval(), schedule.voteDelay(), schedule.distDelay()),
        schedule.intervalsValid(),
        new Timing(
            schedule.initialInterval(), schedule.initialVoteDelay(), schedule.initialDistDelay()),
        schedule.startOffset(),
        flagSettings(config, authority),
        parameters(authority.params()),
        authority.maxServersPerAddress(),
        versions(authority.clientVersions()),
        versions(authority.serverVersions()),
        TorVersion.parse(authority.minimalServerVersion())
            .orElse(AuthorityConfig.DEFAULT_MINIMAL_VERSION),
        authority.pinKeys(),
        authority.sharedRandomness(),
        authority.testReachability(),
        authority.ipv6Connectivity(),
        operator(config, authority));
  }

  /** What the options say about flags. */
  static FlagSettings flagSettings(Config config, Config.Authority authority)
      throws ConfigException {
    Config.FlagRules rules = authority.flags();
    Config.TestingFlags testing = authority.testing();
    return new FlagSettings(
        config.network().testing(),
        testing.timeToLearnReachability(),
        rules.hsDirMinUptime(),
        relays(testing.exit()),
        testing.exitStrict(),
        relays(config.network().testing() ? testing.guard() : rules.guards()),
        testing.guardStrict(),
        relays(testing.hsDir()),
        testing.hsDirStrict(),
        testing.minExitThreshold(),
        testing.minFastThreshold(),
        rules.fastGuarantee(),
        rules.guardBandwidthGuarantee(),
        rules.guardBandwidthFraction(),
        rules.guardTimeKnown(),
        rules.guardWfu(),
        rules.stableMinUptime(),
        rules.stableMtbf(),
        authority.relays().listBadExits(),
        authority.relays().listMiddleOnly(),
        rules.minMeasuredBandwidths());
  }

  private static int port(List<org.tunic.daemon.config.ServerPort> ports) {
    return Math.max(0, org.tunic.daemon.config.ServerPort.advertisedPort(ports, true));
  }

  private static RelaySet relays(RouterSet set) throws ConfigException {
    if (set.isEmpty()) {
      return RelaySet.NONE;
    }
    try {
      return RelaySet.parse(set.toString());
    } catch (MalformedException e) {
      throw new ConfigException("a set of relays cannot be read: " + e.getMessage());
    }
  }

  private static Map<String, Integer> parameters(List<String> entries) throws ConfigException {
    Map<String, Integer> parameters = new HashMap<>();
    for (String entry : entries) {
      int equals = entry.indexOf('=');
      try {
        parameters.put(entry.substring(0, equals), Integer.valueOf(entry.substring(equals + 1)));
      } catch (IndexOutOfBoundsException | NumberFormatException e) {
        throw new ConfigException("ConsensusParams takes NAME=NUMBER entries");
      }
    }
    return parameters;
  }

  private static @Nullable String versions(List<String> versions) {
    return versions.isEmpty() ? null : String.join(",", versions);
  }

  private static OperatorFiles operator(Config config, Config.Authority authority)
      throws ConfigException {
    Config.RelayJudgements rules = authority.relays();
    return new OperatorFiles(
        approved(config.directories().data().resolve("approved-routers")),
        new AddressRules(
            addresses("AuthDirReject", rules.reject()),
            addresses("AuthDirInvalid", rules.invalid()),
            addresses("AuthDirBadExit", rules.badExit()),
            addresses("AuthDirMiddleOnly", rules.middleOnly())),
        rules.bandwidths().orElse(null),
        rules.guardFractions().orElse(null));
  }

  private static ExitPolicy addresses(String option, List<String> lines) throws ConfigException {
    try {
      return ExitPolicy.parseRules(lines, Optional.of(false));
    } catch (PolicySyntaxException e) {
      throw new ConfigException(option + " cannot be read: " + e.getMessage());
    }
  }

  private static ApprovedRouters approved(Path file) throws ConfigException {
    try {
      return Files.exists(file)
          ? ApprovedRouters.parse(Files.readString(file, StandardCharsets.ISO_8859_1))
          : ApprovedRouters.EMPTY;
    } catch (IOException | MalformedException e) {
      throw new ConfigException("approved-routers cannot be read: " + e.getMessage());
    }
  }

  /**
   * Starts voting.
   *
   * @param takes what we publish: the consensus, certificates and microdescriptors
   */
  void start(DirectoryFetcher takes) {
    fetcher = takes;
    board.change(d -> d.withOwn(d.own().withCertificate(state.ownCertificate())));
    takes.offerCertificates(List.of(state.ownCertificate()));
    ticks =
        engine
            .loops()
            .next()
            .scheduleWithFixedDelay(
                () -> engine.workers().execute(this::tick), 0, 500, TimeUnit.MILLISECONDS);
    round.start();
  }

  /** Our own relay's documents, which need no upload. */
  void own(RouterDescriptor descriptor, ExtraInfo extraInfo) {
    state.ownDescriptor(descriptor, extraInfo);
    dirty.set(true);
  }

  /** A consensus that we hold, whoever made it: it sets the time of the next. */
  void consensus(Consensus consensus) {
    state.consensus(consensus);
  }

  /** Certificates of other authorities that the fetcher got. */
  void certificates(Collection<KeyCertificate> certificates) {
    state.addCertificates(certificates);
  }

  // ---- twice a second ----

  private void tick() {
    try {
      for (ReachabilityTests.Target target : state.dueTests()) {
        test(target);
      }
      post();
    } catch (RuntimeException e) {
      LOG.error("the authority's round of work failed, please report this", e);
    }
  }

  private void test(ReachabilityTests.Target target) {
    for (RelayAddress address : target.addresses()) {
      channels
          .apply(new ExtendTarget(target.ids(), List.of(address.socketAddress())))
          .thenAccept(channel -> channel.peer().ifPresent(peer -> state.reachable(peer, address)));
    }
  }

  /** Puts what an authority alone has on the board that requests are answered from. */
  private synchronized void post() {
    if (dirty.getAndSet(false)) {
      Collection<RouterDescriptor> descriptors = state.descriptors();
      List<ExtraInfo> extraInfos = new ArrayList<>();
      for (RouterDescriptor descriptor : descriptors) {
        descriptor
            .contents()
            .extraInfoDigests()
            .flatMap(digests -> state.extraInfo(digests.sha1()))
            .ifPresent(extraInfos::add);
      }
      DocumentSet set =
          new DocumentSet.Builder()
              .certificates(state.certificates())
              .microdescriptors(voted)
              .descriptors(descriptors)
              .extraInfos(extraInfos)
              .build();
      board.change(d -> d.withUploaded(set));
    }
  }

  private void postVoting() {
    board.change(d -> d.withVoting(votingDocuments()));
  }

  private VotingDocuments votingDocuments() {
    List<Vote> next = new ArrayList<>();
    List<Vote> current = new ArrayList<>();
    for (DirAuthority authority : config.authorities()) {
      authority.v3().flatMap(state::nextVote).ifPresent(next::add);
      authority.v3().flatMap(state::currentVote).ifPresent(current::add);
    }
    return new VotingDocuments(
        next,
        current,
        state.pendingConsensus(ConsensusFlavor.NS).orElse(null),
        state.pendingSignatures().orElse(null),
        state.bandwidthFile().orElse(null));
  }

  // ---- what is posted to us ----

  @Override
  public DirAnswer descriptors(Bytes body) {
    UploadOutcome outcome = state.upload(body.toArray());
    dirty.set(true);
    return switch (outcome.kind()) {
      case STORED -> DirAnswer.empty(200, outcome.reason());
      case NOT_NEW -> DirAnswer.empty(200, outcome.reason()).with("X-Descriptor-Not-New", "Yes");
      default -> DirAnswer.empty(400, outcome.reason());
    };
  }

  @Override
  public DirAnswer vote(Bytes body) {
    return answer(state.postVote(body.toArray()));
  }

  @Override
  public DirAnswer signatures(Bytes body) {
    return answer(state.postSignatures(body.toArray()));
  }

  private static DirAnswer answer(VoteOutcome outcome) {
    return DirAnswer.empty(outcome.status(), outcome.reason());
  }

  /** Takes what the voting round produces. Threads: the round's. */
  private final class Published implements AuthorityState.Listener {
    @Override
    public void published(ConsensusFlavor flavor, NetdocText text) {
      if (fetcher != null) {
        fetcher.offerConsensus(flavor, text);
      }
    }

    @Override
    public void certificates(Collection<KeyCertificate> certificates) {
      dirty.set(true);
      if (fetcher != null) {
        fetcher.offerCertificates(List.copyOf(certificates));
      }
    }

    @Override
    public void microdescriptors(Collection<Microdescriptor> microdescriptors) {
      voted = List.copyOf(microdescriptors);
      dirty.set(true);
      post();
      if (fetcher != null) {
        fetcher.offerMicrodescriptors(voted);
      }
    }

    @Override
    public void votingChanged() {
      postVoting();
    }
  }

  @Override
  public void close() {
    round.close();
    if (ticks != null) {
      ticks.cancel(false);
    }
  }
}
