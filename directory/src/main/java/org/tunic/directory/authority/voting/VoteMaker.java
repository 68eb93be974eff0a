package org.tunic.directory.authority.voting;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.identity.Ed25519Identity;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.authority.AuthorityConfig;
import org.tunic.directory.authority.bandwidth.BandwidthFile;
import org.tunic.directory.authority.bandwidth.GuardFractions;
import org.tunic.directory.authority.bandwidth.MeasuredBandwidths;
import org.tunic.directory.authority.consensus.ConsensusMethod;
import org.tunic.directory.authority.descriptors.DescriptorBook;
import org.tunic.directory.authority.descriptors.MicrodescriptorMaker;
import org.tunic.directory.authority.descriptors.ReachabilityTests;
import org.tunic.directory.authority.flags.FlagAssigner;
import org.tunic.directory.authority.flags.FlagThresholds;
import org.tunic.directory.authority.flags.KnownRelay;
import org.tunic.directory.authority.flags.StabilityHistory;
import org.tunic.directory.authority.keys.AuthorityKeys;
import org.tunic.directory.doc.consensus.Lifetime;
import org.tunic.directory.doc.microdescriptor.Microdescriptor;
import org.tunic.directory.doc.routerdescriptor.RouterContents;
import org.tunic.directory.doc.routerdescriptor.RouterDescriptor;
import org.tunic.directory.doc.vote.RelayOpinion;
import org.tunic.directory.doc.vote.Vote;
import org.tunic.directory.doc.vote.VoteWriter;
import org.tunic.directory.netdoc.NetdocText;
import org.tunic.directory.netdoc.NetdocWriter;
import org.tunic.directory.policy.IpLiteral;
import org.tunic.directory.protover.ProtocolVersions;
import org.tunic.directory.view.ConsensusParameters;

/**
 * Makes our vote from what we know of the relays.
 *
 * <p>Spec: dir-spec/consensus-formats, dir-spec/assigning-flags-vote. Threads: one caller at a
 * time; its owner guards it.
 */
public final class VoteMaker {
  private static final int FAST_MIN_DEFAULT = 4;
  private static final String NO_CONTACT = "(none)";

  /**
   * Kilobytes a second at least, in testing networks. Relays that have carried nothing yet would
   * all have 0, and the first to have 1 would be chosen for every place in a circuit.
   */
  private static final long TESTING_MIN_BANDWIDTH = 1;

  private final AuthorityConfig config;
  private final DescriptorBook book;
  private final ReachabilityTests reachability;
  private final StabilityHistory history;
  private final MeasuredBandwidths measured = new MeasuredBandwidths();
  private @Nullable Bytes bandwidthFile;

  /**
   * A vote and the microdescriptors it names, which we must serve from now on.
   *
   * @param text the signed vote
   */
  public record Made(NetdocText text, List<Microdescriptor> microdescriptors) {}

  /** What files say today of relays. */
  private record Inputs(
      Map<RsaIdentity, Long> measured,
      Map<RsaIdentity, Integer> guardFractions,
      String bandwidthFileLines) {}

  public VoteMaker(
      AuthorityConfig config,
      DescriptorBook book,
      ReachabilityTests reachability,
      StabilityHistory history) {
    this.config = config;
    this.book = book;
    this.reachability = reachability;
    this.history = history;
  }

  /**
   * Makes and signs it.
   *
   * @param validAfter the time of the consensus to be
   * @param ownUptime how long we have been running
   * @param sharedRandomLines the shared-random lines
   * @param parameters of the consensus that holds now
   */
  public Made make(
      Instant now,
      Instant validAfter,
      Duration ownUptime,
      AuthorityKeys keys,
      String sharedRandomLines,
      ConsensusParameters parameters) {
    history.discount(now);
    Inputs inputs = inputs(now);
    boolean opinionOnRunning = ownUptime.compareTo(config.flags().timeToLearnReachability()) > 0;
    Collection<KnownRelay> relays = knownRelays(opinionOnRunning, now);
    int fastMin =
        parameters.get(
            "FastFlagMinThreshold", FAST_MIN_DEFAULT, FAST_MIN_DEFAULT, Integer.MAX_VALUE);
    int fastMax =
        parameters.get("FastFlagMaxThreshold", Integer.MAX_VALUE, fastMin, Integer.MAX_VALUE);
    FlagThresholds thresholds =
        FlagThresholds.compute(
            relays,
            config.flags(),
            config.allowPrivateAddresses(),
            history.isLongEnough(now),
            fastMin,
            fastMax,
            now);
    FlagAssigner assigner =
        new FlagAssigner(
            config.flags(), thresholds, config.allowPrivateAddresses(), ownUptime, now);
    List<RelayOpinion> opinions = new ArrayList<>();
    List<Microdescriptor> microdescriptors = new ArrayList<>();
    for (KnownRelay relay : relays) {
      if (relay.isRecent(now) && hasValidProtocols(relay.descriptor())) {
        MicrodescriptorMaker.Voted voted = MicrodescriptorMaker.forAllMethods(relay.descriptor());
        microdescriptors.addAll(voted.microdescriptors());
        opinions.add(opinion(relay, assigner, voted.lines(), inputs));
      }
    }
    Duration interval = config.voting().interval();
    VoteWriter writer =
        new VoteWriter(
            ConsensusMethod.SUPPORTED,
            now,
            new Lifetime(
                validAfter,
                validAfter.plus(interval),
                validAfter.plus(interval.multipliedBy(config.intervalsValid()))),
            (int) config.voting().voteDelay().toSeconds(),
            (int) config.voting().distDelay().toSeconds(),
            config.clientVersions(),
            config.serverVersions(),
            assigner.knownFlags(),
            thresholds.line(),
            parameters(),
            inputs.bandwidthFileLines(),
            voter(keys),
            sharedRandomLines,
            keys.certificate(),
            opinions);
    return new Made(writer.sign(keys.signingKey()), microdescriptors);
  }

  private Inputs inputs(Instant now) {
    BandwidthFile file = readBandwidths(now);
    Path guardFractions = config.operator().guardFractions();
    return new Inputs(
        file == null ? Map.of() : file.byRelay(),
        guardFractions == null ? Map.of() : GuardFractions.read(guardFractions, now),
        file == null ? "" : file.voteLines());
  }

  /**
   * Reads V3BandwidthsFile, as is done for each vote: at the start it shows the operator what is
   * wrong with it.
   *
   * @return null if there is none configured
   */
  public @Nullable BandwidthFile readBandwidths(Instant now) {
    Path path = config.operator().bandwidths();
    if (path == null) {
      return null;
    }
    BandwidthFile file = BandwidthFile.read(path, now);
    measured.take(file, now);
    bandwidthFile = file.contents();
    return file;
  }

  /** The bandwidth file as it was last read; empty if there is none or it could not be read. */
  public Optional<Bytes> bandwidthFile() {
    return Optional.ofNullable(bandwidthFile);
  }

  private Map<String, Integer> parameters() {
    if (config.parameters().isEmpty()) {
      return Map.of();
    }
    Map<String, Integer> parameters = new HashMap<>(config.parameters());
    parameters.putIfAbsent("AuthDirMaxServersPerAddr", config.maxServersPerAddress());
    return parameters;
  }

  private Vote.Voter voter(AuthorityKeys keys) {
    String address = IpLiteral.format(config.orPort().ip().toArray());
    String contact = config.contact().isEmpty() ? NO_CONTACT : NetdocWriter.utf8(config.contact());
    return new Vote.Voter(
        config.nickname(),
        keys.identity(),
        address,
        address,
        config.dirPort(),
        config.orPort().port(),
        contact,
        null);
  }

  private Collection<KnownRelay> knownRelays(boolean opinionOnRunning, Instant now) {
    List<KnownRelay> relays = new ArrayList<>();
    for (RouterDescriptor descriptor : withUniqueEd25519(book.all())) {
      relays.add(
          new KnownRelay(
              descriptor,
              config.isAuthority(descriptor.identity()),
              reachability.isRunning(descriptor, opinionOnRunning, now),
              config.operator().marks(descriptor),
              false,
              reachability.isReachable6(descriptor, now),
              measured.of(descriptor.identity()),
              history.of(descriptor.identity(), now)));
    }
    Set<RsaIdentity> sybils = SybilFilter.find(relays, config.maxServersPerAddress());
    sybils.forEach(sybil -> history.makePessimal(sybil, now));
    return relays.stream().map(r -> sybils.contains(r.identity()) ? asSybil(r, now) : r).toList();
  }

  private KnownRelay asSybil(KnownRelay r, Instant now) {
    return new KnownRelay(
        r.descriptor(),
        r.authority(),
        r.running(),
        r.marks(),
        true,
        r.reachable6(),
        r.measured(),
        history.of(r.identity(), now));
  }

  /**
   * Of relays with one Ed25519 identity the one with the newest descriptor, then with the smallest
   * digest.
   */
  private static Collection<RouterDescriptor> withUniqueEd25519(Collection<RouterDescriptor> all) {
    Map<Ed25519Identity, RouterDescriptor> byEd25519 = new HashMap<>();
    List<RouterDescriptor> unique = new ArrayList<>();
    for (RouterDescriptor descriptor : all) {
      Optional<Ed25519Identity> ed25519 = descriptor.ids().ed();
      if (ed25519.isEmpty()) {
        unique.add(descriptor);
      } else {
        byEd25519.merge(ed25519.get(), descriptor, VoteMaker::newer);
      }
    }
    unique.addAll(byEd25519.values());
    return unique;
  }

  private static RouterDescriptor newer(RouterDescriptor a, RouterDescriptor b) {
    int order = a.published().compareTo(b.published());
    boolean takeFirst = order > 0 || (order == 0 && a.digest().compareTo(b.digest()) < 0);
    return takeFirst ? a : b;
  }

  private static boolean hasValidProtocols(RouterDescriptor descriptor) {
    try {
      ProtocolVersions.parse(descriptor.contents().protocols());
      return true;
    } catch (org.tunic.directory.protover.ProtocolSyntaxException e) {
      return false;
    }
  }

  private RelayOpinion opinion(
      KnownRelay relay, FlagAssigner assigner, List<String> microdescriptors, Inputs inputs) {
    RouterDescriptor descriptor = relay.descriptor();
    RouterContents contents = descriptor.contents();
    return new RelayOpinion(
        descriptor.nickname(),
        descriptor.identity(),
        descriptor.digest(),
        descriptor.published(),
        contents.orPort(),
        contents.dirPort(),
        relay.reachable6() ? contents.ipv6OrPort() : null,
        assigner.flags(relay),
        version(contents.platform()),
        contents.protocols(),
        Math.max(relay.advertisedBandwidth(), config.testing() ? TESTING_MIN_BANDWIDTH : 0),
        inputs.measured().getOrDefault(descriptor.identity(), -1L),
        inputs.guardFractions().getOrDefault(descriptor.identity(), -1),
        contents.policy().summary(false),
        descriptor.ids().ed25519(),
        relay.stability().weightedUptime(),
        relay.stability().timeKnown(),
        relay.stability().meanTimeBetweenFailures(),
        microdescriptors);
  }

  /** {@code Tor } and the word behind it, if the platform begins so. */
  private static @Nullable String version(String platform) {
    if (!platform.startsWith("Tor ")) {
      return null;
    }
    int end = platform.indexOf(' ', "Tor ".length());
    return end < 0 ? platform : platform.substring(0, end);
  }
}
