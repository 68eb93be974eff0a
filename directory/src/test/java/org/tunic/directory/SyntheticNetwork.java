package org.tunic.directory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.bytes.Base64s;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.identity.Ed25519Identity;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.crypto.key.RsaSecretKey;
import org.tunic.directory.authority.consensus.ConsensusComputer;
import org.tunic.directory.authority.consensus.UnsignedConsensus;
import org.tunic.directory.authority.keys.AuthorityKeys;
import org.tunic.directory.doc.consensus.Consensus;
import org.tunic.directory.doc.consensus.ConsensusFlavor;
import org.tunic.directory.doc.consensus.Lifetime;
import org.tunic.directory.doc.consensus.UntrustedException;
import org.tunic.directory.doc.consensus.UnverifiedConsensus;
import org.tunic.directory.doc.keycertificate.KeyCertificate;
import org.tunic.directory.doc.microdescriptor.Microdescriptor;
import org.tunic.directory.doc.vote.RelayOpinion;
import org.tunic.directory.doc.vote.SharedRandomVote;
import org.tunic.directory.doc.vote.Vote;
import org.tunic.directory.doc.vote.VoteEntry;
import org.tunic.directory.doc.vote.VoteWriter;
import org.tunic.directory.linkspec.RelayAddress;
import org.tunic.directory.netdoc.DocumentSyntaxException;
import org.tunic.directory.netdoc.NetdocText;
import org.tunic.directory.netdoc.NetdocWriter;
import org.tunic.directory.policy.PolicySummary;
import org.tunic.directory.policy.PolicySyntaxException;
import org.tunic.directory.protover.VotedProtocols;
import org.tunic.testing.SeededRandom;

/**
 * A public network made up from a seed, as large as one likes: relays, microdescriptors, the votes
 * of nine authorities on them, and the consensus of both flavours, signed.
 *
 * <p>Shaped after the public network: bandwidths over five orders of magnitude, half of the relays
 * guards and a fifth exits, a third with IPv6, two fifths in families of two to forty, a few
 * thousand subnets of which some are crowded, TAP keys in the microdescriptors. Authorities
 * disagree a little: each misses one relay in a hundred and measures bandwidths for itself. Keys
 * are random bytes except those of the authorities, whose identity keys are shorter than real ones
 * (2048 bits). The same seed, size and time give the same relays; RSA keys too.
 *
 * <p>Documents are made when they are asked for, and not kept: the votes of 32 000 relays are 160
 * MB.
 *
 * <p>Threads: immutable.
 */
public final class SyntheticNetwork {
  /** How many authorities vote. */
  public static final int AUTHORITIES = 9;

  private static final int KEY_BITS = 2048;
  private static final List<Integer> METHODS = List.of(32, 33, 34, 35);
  private static final int FIRST_PORT = 7000;

  /** In the order of a vote's line, which is that of the bits of {@link VoteEntry#flags}. */
  private static final List<String> FLAGS =
      List.of("Exit", "Fast", "Guard", "HSDir", "Running", "Stable", "V2Dir", "Valid");

  private static final List<String> VERSIONS =
      List.of("Tor 0.4.9.11", "Tor 0.4.9.9", "Tor 0.4.8.21", "Tor 0.4.8.16");

  private static final String PROTOCOLS =
      "Conflux=1 Cons=1-2 Desc=1-4 DirCache=2 FlowCtrl=1-2 HSDir=2 HSIntro=4-5 HSRend=1-2"
          + " Link=1-5 LinkAuth=1,3 Microdesc=1-3 Padding=2 Relay=1-4";

  /** Exit policies as summaries, the frequent ones first. */
  private static final List<String> POLICIES =
      List.of(
          "reject 25,119,135-139,445,563,1214,4661-4666,6346-6429,6699,6881-6999",
          "accept 20-23,43,53,79-81,88,110,143,194,220,389,443,464,531,543-544,554,563,636,706,749,"
              + "853,873,902-904,981,989-995,1194,1220,1293,1500,1533,1677,1723,1755,1863,2082-2083,"
              + "2086-2087,2095-2096,2102-2104,3128,3389,3690,4321,4643,5050,5190,5222-5223,5228,"
              + "5900,6660-6669,6679,6697,8000,8008,8074,8080,8087-8088,8232-8233,8332-8333,8443,"
              + "8888,9418,9999-10000,11371,19294,19638,50002,64738",
          "accept 80,443",
          "reject 25",
          "accept 53,80,443,853",
          "accept 443,5222,6667,6697",
          "accept 25,80,443,465,587");

  private static final String REJECT_ALL = "reject 1-65535";

  private final Instant validAfter;
  private final long seed;
  private final List<Draft> relays;
  private final List<AuthorityKeys> authorities;

  /** What all authorities agree on about a relay. */
  private record Draft(
      String nickname,
      RsaIdentity identity,
      Bytes descriptorDigest,
      RelayAddress orPort,
      @Nullable RelayAddress ipv6,
      long flags,
      String version,
      long bandwidth,
      String policy,
      Bytes ed25519,
      Microdescriptor micro,
      String microLine) {}

  /**
   * A network whose documents hold for three hours.
   *
   * @param relays how many
   * @param validAfter from when they hold, to the second
   */
  public SyntheticNetwork(int relays, long seed, Instant validAfter) {
    this.validAfter = validAfter;
    this.seed = seed;
    this.relays = drafts(relays, new SeededRandom(seed));
    this.authorities = authorities(seed, validAfter);
  }

  // ---- relays ----

  private static List<Draft> drafts(int count, SeededRandom random) {
    List<RsaIdentity> identities = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      identities.add(RsaIdentity.of(random.bytes(RsaIdentity.LENGTH)));
    }
    List<String> families = families(identities, random);
    List<Draft> drafts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      drafts.add(draft(i, identities.get(i), families.get(i), random));
    }
    drafts.sort(Comparator.comparing(Draft::identity));
    return drafts;
  }

  /** For each relay the value of its {@code family} line, empty for none. */
  private static List<String> families(List<RsaIdentity> identities, RandomGenerator random) {
    List<String> lines = new ArrayList<>();
    while (lines.size() < identities.size()) {
      int start = lines.size();
      int size =
          random.nextInt(16) != 0
              ? 1
              : Math.min(2 + (int) (38 * cube(random)), identities.size() - start);
      SortedSet<String> members = new TreeSet<>();
      for (int i = start; i < start + size; i++) {
        members.add("$" + identities.get(i).hex());
      }
      for (int i = 0; i < size; i++) {
        lines.add(size == 1 ? "" : String.join(" ", members));
      }
    }
    return lines;
  }

  private static double cube(RandomGenerator random) {
    double x = random.nextDouble();
    return x * x * x;
  }

  private static Draft draft(int number, RsaIdentity identity, String family, SeededRandom random) {
    boolean exit = random.nextInt(5) == 0;
    boolean fast = random.nextInt(12) != 0;
    boolean stable = fast && random.nextInt(8) != 0;
    boolean guard = stable && random.nextInt(5) < 3;
    SortedSet<String> flags = new TreeSet<>(List.of("Running", "Valid"));
    addIf(flags, exit, "Exit");
    addIf(flags, fast, "Fast");
    addIf(flags, stable, "Stable");
    addIf(flags, guard, "Guard");
    addIf(flags, guard || random.nextInt(10) != 0, "V2Dir");
    addIf(flags, stable && random.nextBoolean(), "HSDir");
    long mask = 0;
    for (String flag : flags) {
      mask |= 1L << FLAGS.indexOf(flag);
    }
    String policy = exit ? POLICIES.get((int) (POLICIES.size() * cube(random))) : REJECT_ALL;
    Bytes ed25519 = Bytes.copyOf(random.bytes(Ed25519Identity.LENGTH));
    Microdescriptor micro = microdescriptor(family, policy, exit, ed25519, random);
    return new Draft(
        "made" + number,
        identity,
        Bytes.copyOf(random.bytes(20)),
        address(ipv4(random), 1024 + random.nextInt(60_000)),
        random.nextInt(3) == 0 ? address(ipv6(random), 9001) : null,
        mask,
        VERSIONS.get((int) (VERSIONS.size() * cube(random))),
        Math.round(Math.exp((fast ? 5 : 1) + random.nextDouble() * 7)),
        policy,
        ed25519,
        micro,
        "32,33,34,35 sha256=" + micro.digestBase64());
  }

  private static void addIf(Set<String> flags, boolean condition, String flag) {
    if (condition) {
      flags.add(flag);
    }
  }

  /** Of public ranges; a few /16 are crowded. */
  private static byte[] ipv4(SeededRandom random) {
    int subnet = random.nextInt(4) == 0 ? random.nextInt(20) : random.nextInt(4000);
    byte[] address = random.bytes(4);
    address[0] = (byte) (11 + subnet % 80);
    address[1] = (byte) (subnet / 80 * 5);
    return address;
  }

  private static byte[] ipv6(SeededRandom random) {
    byte[] address = random.bytes(16);
    address[0] = 0x2a;
    address[1] = (byte) random.nextInt(12);
    address[2] = (byte) random.nextInt(40);
    address[3] = 0;
    return address;
  }

  private static RelayAddress address(byte[] ip, int port) {
    return new RelayAddress(Bytes.copyOf(ip), port);
  }

  private static Microdescriptor microdescriptor(
      String family, String policy, boolean exit, Bytes ed25519, SeededRandom random) {
    NetdocWriter out = new NetdocWriter();
    out.raw("onion-key\n").object("RSA PUBLIC KEY", tapKey(random));
    out.item("ntor-onion-key", Base64s.encodeUnpadded(random.bytes(32)));
    if (!family.isEmpty()) {
      out.item("family", family);
    }
    if (exit) {
      out.item("p", policy);
    }
    if (exit && random.nextInt(3) == 0) {
      out.item("p6", policy);
    }
    out.item("id", "ed25519", Base64s.encodeUnpadded(ed25519.toArray()));
    try {
      return Microdescriptor.parse(out.text());
    } catch (DocumentSyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** In the form of a key of 1024 bits. */
  private static byte[] tapKey(SeededRandom random) {
    byte[] der = Base64.getDecoder().decode("MIGJAoGBAA==");
    byte[] key = new byte[140];
    System.arraycopy(der, 0, key, 0, der.length);
    byte[] modulus = random.bytes(128);
    modulus[0] |= (byte) 0x80;
    modulus[127] |= 1;
    System.arraycopy(modulus, 0, key, der.length, modulus.length);
    byte[] exponent = {2, 3, 1, 0, 1};
    System.arraycopy(exponent, 0, key, der.length + modulus.length, exponent.length);
    return key;
  }

  // ---- authorities ----

  private static List<AuthorityKeys> authorities(long seed, Instant validAfter) {
    List<AuthorityKeys> keys = new ArrayList<>();
    for (int i = 0; i < AUTHORITIES; i++) {
      SeededRandom random = new SeededRandom(seed * AUTHORITIES + i);
      RsaSecretKey identity = RsaSecretKey.generate(KEY_BITS, random);
      RsaSecretKey signing = RsaSecretKey.generate(KEY_BITS, random);
      keys.add(
          new AuthorityKeys(
              KeyCertificate.create(
                  identity,
                  signing,
                  null,
                  validAfter.minus(Duration.ofDays(1)),
                  validAfter.plus(Duration.ofDays(90))),
              signing));
    }
    keys.sort(Comparator.comparing(AuthorityKeys::identity));
    return keys;
  }

  /** The authorities' keys, ordered by identity; their number stands for an authority below. */
  public List<AuthorityKeys> authorities() {
    return authorities;
  }

  /** The {@code v3ident}s. */
  public Set<RsaIdentity> v3idents() {
    Set<RsaIdentity> idents = new HashSet<>();
    authorities.forEach(keys -> idents.add(keys.identity()));
    return idents;
  }

  /** The key certificates. */
  public List<KeyCertificate> certificates() {
    return authorities.stream().map(AuthorityKeys::certificate).toList();
  }

  private Lifetime lifetime() {
    return new Lifetime(
        validAfter, validAfter.plus(Duration.ofHours(1)), validAfter.plus(Duration.ofHours(3)));
  }

  private Vote.Voter voter(int authority) {
    return new Vote.Voter(
        "auth" + authority,
        authorities.get(authority).identity(),
        "127.0.0.1",
        "127.0.0.1",
        FIRST_PORT + AUTHORITIES + authority,
        FIRST_PORT + authority,
        "auth" + authority + "@test.invalid",
        null);
  }

  // ---- documents ----

  /**
   * The vote of an authority as a record, made without a text: {@link Vote#text} and the digest are
   * empty. Enough for computing a consensus, at any size.
   *
   * @param authority 0 to {@link #AUTHORITIES} − 1
   */
  public Vote vote(int authority) {
    return new Vote(
        NetdocText.of(""),
        Bytes.copyOf(new byte[20]),
        validAfter.minusSeconds(600),
        lifetime(),
        300,
        300,
        METHODS,
        null,
        null,
        Map.of(
            "recommended-client-protocols", VotedProtocols.RECOMMENDED_CLIENT,
            "recommended-relay-protocols", VotedProtocols.RECOMMENDED_RELAY,
            "required-client-protocols", VotedProtocols.REQUIRED_CLIENT,
            "required-relay-protocols", VotedProtocols.REQUIRED_RELAY),
        FLAGS,
        Map.of("cbttestfreq", 10),
        voter(authority),
        SharedRandomVote.NONE,
        authorities.get(authority).certificate(),
        entries(authority));
  }

  private List<VoteEntry> entries(int authority) {
    SeededRandom random = new SeededRandom(seed + authority);
    List<VoteEntry> entries = new ArrayList<>();
    for (Draft relay : relays) {
      boolean missed = random.nextInt(100) == 0;
      long measured = Math.max(1, Math.round(relay.bandwidth * (0.8 + 0.4 * random.nextDouble())));
      if (!missed) {
        entries.add(
            new VoteEntry(
                relay.nickname,
                relay.identity,
                relay.descriptorDigest,
                validAfter.minusSeconds(3600 + (relay.bandwidth & 0xfff)),
                relay.orPort,
                0,
                relay.ipv6,
                relay.flags,
                relay.version,
                PROTOCOLS,
                relay.bandwidth,
                measured,
                -1,
                relay.policy,
                true,
                relay.ed25519,
                List.of(relay.microLine)));
      }
    }
    return entries;
  }

  /**
   * The vote of an authority as it would send it, signed. Beyond some 28 000 relays longer than
   * {@link Vote#MAX_LENGTH}, so that nobody takes it.
   */
  public NetdocText voteText(int authority) {
    AuthorityKeys keys = authorities.get(authority);
    List<RelayOpinion> opinions =
        entries(authority).stream().map(SyntheticNetwork::opinion).toList();
    return new VoteWriter(
            METHODS,
            validAfter.minusSeconds(600),
            lifetime(),
            300,
            300,
            null,
            null,
            new TreeSet<>(FLAGS),
            "stable-uptime=1209600 stable-mtbf=3024000 fast-speed=102000 guard-wfu=98.000%"
                + " guard-tk=691200 guard-bw-inc-exits=10000000 guard-bw-exc-exits=10000000"
                + " enough-mtbf=1 ignoring-advertised-bws=1",
            Map.of("cbttestfreq", 10),
            "",
            voter(authority),
            "",
            keys.certificate(),
            opinions)
        .sign(keys.signingKey());
  }

  private static RelayOpinion opinion(VoteEntry entry) {
    SortedSet<String> flags = new TreeSet<>();
    for (int i = 0; i < FLAGS.size(); i++) {
      addIf(flags, (entry.flags() >> i & 1) != 0, FLAGS.get(i));
    }
    try {
      return new RelayOpinion(
          entry.nickname(),
          entry.identity(),
          entry.descriptorDigest(),
          entry.published(),
          entry.orPort(),
          entry.dirPort(),
          entry.ipv6(),
          flags,
          entry.version(),
          entry.protocols(),
          entry.bandwidth(),
          entry.measured(),
          entry.guardFraction(),
          PolicySummary.parse(entry.policy()),
          new Ed25519Identity(entry.ed25519()),
          0.99,
          8_000_000,
          4_000_000,
          entry.microdescriptors());
    } catch (PolicySyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The consensus of a flavour, computed from all votes and signed by all authorities. */
  public NetdocText consensus(ConsensusFlavor flavor) {
    List<Vote> votes = new ArrayList<>();
    for (int i = 0; i < AUTHORITIES; i++) {
      votes.add(vote(i));
    }
    UnsignedConsensus unsigned = new ConsensusComputer(votes, AUTHORITIES, false).compute(flavor);
    byte[] digest = unsigned.digest().toArray();
    NetdocWriter out = new NetdocWriter().raw(unsigned.text().text());
    for (AuthorityKeys keys : authorities) {
      String signer = keys.identity().hex() + " " + keys.certificate().signingKeyDigest().hex();
      out.item("directory-signature", flavor == ConsensusFlavor.NS ? signer : "sha256 " + signer);
      out.object("SIGNATURE", keys.signingKey().signBare(digest));
    }
    return out.text();
  }

  /**
   * A consensus of this network as one believes it.
   *
   * @throws IllegalStateException if it does not hold
   */
  public Consensus verify(NetdocText consensus) {
    try {
      return UnverifiedConsensus.parse(consensus).verify(v3idents(), certificates(), validAfter);
    } catch (DocumentSyntaxException | UntrustedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** All microdescriptors as a cache keeps them, each with its annotation. */
  public NetdocText microdescriptorCache() {
    StringBuilder text = new StringBuilder();
    relays.forEach(relay -> text.append(relay.micro.cacheEntry(validAfter)));
    return NetdocText.of(text.toString());
  }

  /** The microdescriptors by their digests. */
  public Map<Bytes, Microdescriptor> microdescriptors() {
    Map<Bytes, Microdescriptor> byDigest = new HashMap<>();
    relays.forEach(relay -> byDigest.put(relay.micro.digest(), relay.micro));
    return byDigest;
  }

  /**
   * Writes certificates, microdesc consensus and microdescriptors into a DataDirectory under C
   * tor's file names.
   *
   * @param directory exists
   */
  public void writeCache(Path directory) throws IOException {
    StringBuilder certificates = new StringBuilder();
    certificates().forEach(certificate -> certificates.append(certificate.text().text()));
    write(directory.resolve("cached-certs"), NetdocText.of(certificates.toString()));
    write(directory.resolve("cached-microdesc-consensus"), consensus(ConsensusFlavor.MICRODESC));
    write(directory.resolve("cached-microdescs"), microdescriptorCache());
  }

  private static void write(Path file, NetdocText text) throws IOException {
    Files.write(file, text.bytes());
  }

  /** The DirAuthority lines of a torrc of this network. Nobody listens there. */
  public List<String> dirAuthorityLines() {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < AUTHORITIES; i++) {
      Vote.Voter voter = voter(i);
      lines.add(
          "DirAuthority %s orport=%d v3ident=%s 127.0.0.1:%d %040X"
              .formatted(
                  voter.nickname(),
                  voter.orPort(),
                  voter.identity().hex(),
                  voter.dirPort(),
                  i + 1));
    }
    return lines;
  }
}
