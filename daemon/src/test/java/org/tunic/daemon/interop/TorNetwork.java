package org.tunic.daemon.interop;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A private network on one address, 127.0.0.1 if nobody says otherwise, in which each node is run
 * by a chosen {@link Subject}.
 *
 * <p>An authority votes {@code VoteDelay + DistDelay} before each multiple of the initial voting
 * interval. A network whose relays are not up by then gets a first consensus that lacks them, and
 * its clients stay below 100 % for most of a minute; one whose authorities start long before it
 * votes without them. So {@link Builder#start} waits for the moment shortly before a vote, starts
 * authorities and relays together, and starts the clients when the consensus lists every node that
 * is required.
 *
 * <p>Spec: tor-wire-compat §6. Threads: that of the test; {@link #close} any, once.
 */
final class TorNetwork implements AutoCloseable {
  private static final Duration CONSENSUS_LIMIT = Duration.ofMinutes(2);
  private static final Duration BOOTSTRAP_LIMIT = Duration.ofMinutes(2);

  /** After a first consensus that lacks a node, networks that vote more seldom are started anew. */
  private static final int PATIENCE_SECONDS = 60;

  private static final int STARTS = 3;
  private static final Duration MAX_LIFE = Duration.ofMinutes(30);

  /** Seconds before a vote at which C tor nodes start; each node of ours needs more of them. */
  private static final int START_AHEAD_SECONDS = 5;

  /** At each further attempt. */
  private static final int MORE_AHEAD_SECONDS = 5;

  private static final double START_AHEAD_SECONDS_PER_JVM = 0.8;

  /**
   * Two dozen C tor nodes do not start, and tell every authority of themselves, in five seconds.
   */
  private static final int FEW_NODES = 12;

  private static final double AHEAD_SECONDS_PER_FURTHER_NODE = 0.7;
  private static final int VOTE_DELAY_SECONDS = 2;
  private static final int DIST_DELAY_SECONDS = 2;

  private final Path dir;
  private final String logLevel;
  private final String address;
  private final Map<String, String> ownAddresses;
  private final boolean ipv6;
  private final String guards;
  private final String exits;
  private final String hsDirs;
  private final List<String> relayExtras;
  private final List<String> authorityExtras;
  private final int votingIntervalSeconds;
  private final String javaOptions;
  private final PortBlock ports;
  private final Map<String, TorNode> nodes = new LinkedHashMap<>();
  private final Thread endAtExit = new Thread(this::endAll, "end of test network");
  private String dirAuthorityLines = "";
  private int initialIntervalSeconds;

  private TorNetwork(Builder plan) throws IOException {
    this.dir = plan.dir;
    this.logLevel = plan.logLevel;
    this.address = plan.address;
    this.ownAddresses = Map.copyOf(plan.ownAddresses);
    this.ipv6 = plan.ipv6;
    this.guards = plan.guards;
    this.exits = plan.exits;
    this.hsDirs = plan.hsDirs;
    this.relayExtras = List.copyOf(plan.relayExtras);
    this.authorityExtras = List.copyOf(plan.authorityExtras);
    this.votingIntervalSeconds = plan.votingIntervalSeconds;
    this.javaOptions = plan.javaOptions;
    this.ports = PortBlock.claim();
  }

  /** Starts to describe a network whose files go below {@code dir}, which is emptied first. */
  static Builder in(Path dir) {
    return new Builder(dir);
  }

  /** What shall run. Threads: that of the test. */
  static final class Builder {
    private record Planned(String name, Role role, Subject subject, boolean required) {}

    private final Path dir;
    private final List<Planned> planned = new ArrayList<>();
    private final List<String> relayExtras = new ArrayList<>();
    private final List<String> authorityExtras = new ArrayList<>();
    private final Map<String, String> ownAddresses = new LinkedHashMap<>();
    private String address = "127.0.0.1";
    private boolean ipv6;
    private String guards = "*";
    private String exits = "*";
    private String hsDirs = "*";
    private String logLevel = "info";
    private int votingIntervalSeconds = 20;
    private String javaOptions = "";

    private Builder(Path dir) {
      this.dir = dir;
    }

    /** Further flags of the JVM for the nodes of ours. */
    Builder javaOptions(String flags) {
      javaOptions = flags;
      return this;
    }

    Builder authorities(int count, Subject subject) {
      for (int i = 0; i < count; i++) {
        node("auth" + i, Role.AUTHORITY, subject);
      }
      return this;
    }

    /** A node without which the network does not count as started. */
    Builder node(String name, Role role, Subject subject) {
      planned.add(new Planned(name, role, subject, true));
      return this;
    }

    /** A node that starts with the others, but whose failure is left to the test that uses it. */
    Builder guest(String name, Role role, Subject subject) {
      planned.add(new Planned(name, role, subject, false));
      return this;
    }

    /** Time between the votes after the first, 20 s by default. */
    Builder votingInterval(int seconds) {
      votingIntervalSeconds = seconds;
      return this;
    }

    /** Where all relays listen, an address of this machine. */
    Builder address(String numeric) {
      address = numeric;
      return this;
    }

    /** Where one relay, which is no authority, listens instead. */
    Builder address(String name, String numeric) {
      ownAddresses.put(name, numeric);
      return this;
    }

    /** All relays listen on ::1 too, at the same OR port, and authorities look for them there. */
    Builder ipv6() {
      ipv6 = true;
      return authorityLine("AuthDirHasIPv6Connectivity 1");
    }

    /**
     * All relays get the flag Stable, without which a client takes none for a guard. Else those do
     * that are up longer than half of them, which changes from vote to vote.
     */
    Builder stable() {
      return authorityLine("AuthDirVoteStableGuaranteeMinUptime 0")
          .authorityLine("AuthDirVoteStableGuaranteeMTBF 0");
    }

    /** The only relays that get the flag Guard: nicknames with commas. */
    Builder guards(String nicknames) {
      guards = nicknames;
      return this;
    }

    /** The relays that get the flag Exit whatever their policy, by nickname. */
    Builder exits(String nicknames) {
      exits = nicknames;
      return this;
    }

    /** The relays that get the flag HSDir whatever they are, by nickname. */
    Builder hsDirs(String nicknames) {
      hsDirs = nicknames;
      return this;
    }

    /** A further torrc line for each relay. */
    Builder relayLine(String line) {
      relayExtras.add(line);
      return this;
    }

    /** A further torrc line for each authority, such as one of consensus parameters. */
    Builder authorityLine(String line) {
      authorityExtras.add(line);
      return this;
    }

    /** The level of the second log of each node; {@code none} for measurements. */
    Builder logLevel(String level) {
      logLevel = level;
      return this;
    }

    /** Makes the keys, starts the nodes and returns when the required ones are ready for use. */
    TorNetwork start() throws IOException {
      for (int attempt = 1; ; attempt++) {
        empty(dir);
        TorNetwork network = new TorNetwork(this);
        Runtime.getRuntime().addShutdownHook(network.endAtExit);
        try {
          network.start(planned, attempt);
          return network;
        } catch (Incomplete e) {
          network.close();
          if (attempt == STARTS) {
            throw e;
          }
        } catch (IOException | RuntimeException | Error e) {
          network.close();
          throw e;
        }
      }
    }
  }

  /** The first consensus lacks a node, and the next one is too far off to wait for. */
  private static final class Incomplete extends AssertionError {
    private static final long serialVersionUID = 1L;

    Incomplete(String message) {
      super(message);
    }
  }

  /** The node of this name. */
  TorNode node(String name) {
    TorNode node = nodes.get(name);
    if (node == null) {
      throw new IllegalArgumentException("no node " + name + " in " + nodes.keySet());
    }
    return node;
  }

  List<TorNode> nodes() {
    return List.copyOf(nodes.values());
  }

  /** Adds a client to the running network and returns once its process runs. */
  TorNode startClient(String name, Subject subject) throws IOException {
    return startClient(name, subject, List.of());
  }

  /**
   * Adds a client whose command follows another one, such as one that enters a namespace; a client
   * has no DirPort, so its port is an HTTPTunnelPort here.
   */
  TorNode startClient(String name, Subject subject, List<String> before) throws IOException {
    TorNode node = layOut(name, Role.CLIENT, subject);
    writeTorrc(node);
    if (!before.isEmpty()) {
      Files.writeString(
          node.torrc(),
          "HTTPTunnelPort 127.0.0.1:%d%n".formatted(node.ports().dir()),
          StandardOpenOption.APPEND);
    }
    node.start(before, emptyTorrc(), MAX_LIFE);
    return node;
  }

  /**
   * Adds a client that has more to do, such as to host an onion service.
   *
   * @param more further torrc lines, each with its end
   */
  TorNode startClient(String name, Subject subject, Function<TorNode, String> more)
      throws IOException {
    TorNode node = layOut(name, Role.CLIENT, subject);
    writeTorrc(node);
    Files.writeString(node.torrc(), more.apply(node), StandardOpenOption.APPEND);
    node.start(List.of(), emptyTorrc(), MAX_LIFE);
    return node;
  }

  /**
   * Adds a middle relay once the network runs.
   *
   * @param change makes its torrc from that of the others and its OR port
   */
  TorNode startRelay(String name, Subject subject, BinaryOperator<String> change)
      throws IOException {
    TorNode node = layOut(name, Role.MIDDLE, subject);
    writeTorrc(node);
    Files.writeString(
        node.torrc(),
        change.apply(Files.readString(node.torrc()), "127.0.0.1:" + node.ports().or()));
    node.start(List.of(), emptyTorrc(), MAX_LIFE);
    return node;
  }

  /** Adds a client that knows of one authority only. */
  TorNode startClientOf(String authority, String name, Subject subject) throws IOException {
    TorNode node = layOut(name, Role.CLIENT, subject);
    writeTorrc(node);
    String lines =
        Files.readString(node.torrc())
            .lines()
            .filter(
                l ->
                    !l.startsWith("DirAuthority ")
                        || l.startsWith("DirAuthority " + authority + " "))
            .collect(Collectors.joining("\n", "", "\n"));
    Files.writeString(node.torrc(), lines);
    node.start(emptyTorrc(), MAX_LIFE);
    return node;
  }

  /**
   * Adds a client that has the DataDirectory of {@code former}, a client that was stopped, and
   * returns once its process runs.
   */
  TorNode startHeir(String name, Subject subject, TorNode former) throws IOException {
    TorNode node = layOut(name, Role.CLIENT, subject);
    try (Stream<Path> files = Files.walk(former.dataDirectory())) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path copy = node.dataDirectory().resolve(former.dataDirectory().relativize(file));
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy, StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
    writeTorrc(node);
    node.start(emptyTorrc(), MAX_LIFE);
    return node;
  }

  /** Gives a node its torrc anew, with these further lines. */
  void rewriteTorrc(TorNode node, String lines) throws IOException {
    writeTorrc(node);
    Files.writeString(node.torrc(), lines, StandardOpenOption.APPEND);
  }

  /** Starts a node that was stopped, with the files it has. */
  void startAgain(TorNode node) throws IOException {
    node.start(emptyTorrc(), MAX_LIFE);
  }

  /** Starts a node that was stopped, with the files it has, run by {@code subject} from now on. */
  TorNode startAgain(TorNode node, Subject subject) throws IOException {
    TorNode successor = node.runBy(subject);
    nodes.put(node.name(), successor);
    startAgain(successor);
    return successor;
  }

  private void start(List<Builder.Planned> planned, int attempt) throws IOException {
    List<Callable<TorNode>> work = new ArrayList<>();
    for (Builder.Planned p : planned) {
      TorNode.Ports nodePorts = TorNode.Ports.from(ports);
      work.add(
          () ->
              new TorNode(
                  p.name,
                  p.role,
                  p.subject,
                  dir.resolve(p.name),
                  nodePorts,
                  makeKeys(p.name, p.role, nodePorts)));
    }
    Files.createFile(emptyTorrc());
    for (TorNode node : inParallel(work)) {
      node.javaOptions(javaOptions);
      nodes.put(node.name(), node);
    }
    dirAuthorityLines = dirAuthorities();
    writeBandwidthFile();
    int aheadSeconds = chooseInterval(planned, attempt);
    for (TorNode node : nodes.values()) {
      writeTorrc(node);
    }
    awaitScheduledStart(aheadSeconds);
    for (TorNode node : nodes.values()) {
      if (node.role().relays()) {
        node.start(emptyTorrc(), MAX_LIFE);
      }
    }
    List<TorNode> required =
        planned.stream().filter(Builder.Planned::required).map(p -> node(p.name)).toList();
    List<TorNode> relays = required.stream().filter(n -> n.role().relays()).toList();
    Await.until(
        "a consensus that lists " + relays.size() + " relays",
        CONSENSUS_LIMIT,
        () -> {
          endedNode(relays);
          String consensus = consensus();
          boolean complete = relays.stream().allMatch(node -> listed(consensus, node));
          if (!complete && !consensus.isEmpty() && votingIntervalSeconds > PATIENCE_SECONDS) {
            throw new Incomplete("the first consensus lacks a relay\n" + tails(relays));
          }
          return complete;
        },
        () -> tails(relays));
    for (TorNode node : nodes.values()) {
      if (node.role() == Role.CLIENT) {
        node.start(emptyTorrc(), MAX_LIFE);
      }
    }
    for (TorNode node : required) {
      if (node.role() == Role.CLIENT) {
        node.awaitBootstrapped(BOOTSTRAP_LIMIT);
      } else {
        node.awaitDirectory(BOOTSTRAP_LIMIT);
      }
    }
  }

  private static void endedNode(List<TorNode> relays) {
    for (TorNode node : relays) {
      if (!node.running()) {
        throw new AssertionError(
            node.name() + " (" + node.subject() + ") ended\n" + node.logTail());
      }
    }
  }

  private static String tails(List<TorNode> relays) {
    StringBuilder text = new StringBuilder();
    for (TorNode node : relays) {
      text.append(node.logTail()).append('\n');
    }
    return text.toString();
  }

  /**
   * True if the consensus that an authority serves has an entry for {@code node} with the flags
   * Running and Valid.
   */
  boolean listed(TorNode node) {
    return listed(consensus(), node);
  }

  private static boolean listed(String consensus, TorNode node) {
    String identity = base64Identity(node.fingerprint());
    boolean entry = false;
    for (String line : consensus.lines().toList()) {
      if (line.startsWith("r ")) {
        entry = line.startsWith("r " + node.name() + " " + identity + " ");
      } else if (entry && line.startsWith("s ")) {
        List<String> flags = List.of(line.split(" ", -1));
        return flags.contains("Running") && flags.contains("Valid");
      }
    }
    return false;
  }

  private static String base64Identity(String hex) {
    return Base64.getEncoder().withoutPadding().encodeToString(HexFormat.of().parseHex(hex));
  }

  /** The current consensus, ns flavour, from the first authority's DirPort; empty if none yet. */
  String consensus() {
    TorNode authority =
        nodes.values().stream().filter(n -> n.role() == Role.AUTHORITY).findFirst().orElseThrow();
    return get(authority, "/tor/status-vote/current/consensus");
  }

  /** The current consensus, microdesc flavour, from this node's DirPort; empty if none yet. */
  String consensusMicrodesc(String name) {
    return get(node(name), "/tor/status-vote/current/consensus-microdesc");
  }

  /** What a node answers to a plain directory request; empty if nothing. */
  String get(TorNode node, String path) {
    try {
      HttpURLConnection connection =
          (HttpURLConnection)
              URI.create("http://" + address + ":" + node.ports().dir() + path)
                  .toURL()
                  .openConnection();
      connection.setConnectTimeout(2000);
      connection.setReadTimeout(5000);
      try (InputStream in = connection.getInputStream()) {
        return new String(in.readAllBytes(), ISO_8859_1);
      }
    } catch (IOException notYet) {
      return "";
    }
  }

  // ---- keys

  /** Makes what the role needs to have before the start; returns the fingerprint or "". */
  private String makeKeys(String name, Role role, TorNode.Ports nodePorts) throws IOException {
    Path data = makeDirectories(name);
    if (!role.relays()) {
      return "";
    }
    Path keys = data.resolve("keys");
    if (role == Role.AUTHORITY) {
      Subject.Tools.run(
          keys,
          "pass\n",
          List.of(
              "tor-gencert",
              "--create-identity-key",
              "-m",
              "12",
              "--passphrase-fd",
              "0",
              "-a",
              address + ":" + nodePorts.dir()));
    }
    String answer =
        Subject.Tools.run(
            data,
            "",
            List.of(
                "tor",
                "--list-fingerprint",
                "--quiet",
                "-f",
                emptyTorrc().toString(),
                "--defaults-torrc",
                emptyTorrc().toString(),
                "--DataDirectory",
                data.toString(),
                "--ORPort",
                "1",
                "--DirAuthority",
                "x 127.0.0.1:1 ffffffffffffffffffffffffffffffffffffffff",
                "--Nickname",
                name));
    String line = answer.lines().reduce("", (a, b) -> b);
    String fingerprint = line.substring(line.indexOf(' ') + 1).replace(" ", "");
    if (fingerprint.length() != 40) {
      throw new IOException("no fingerprint in: " + answer);
    }
    return fingerprint;
  }

  private Path makeDirectories(String name) throws IOException {
    var ownerOnly =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    Path node = Files.createDirectory(dir.resolve(name), ownerOnly);
    Path data = Files.createDirectory(node.resolve("data"), ownerOnly);
    Files.createDirectory(data.resolve("keys"), ownerOnly);
    return data;
  }

  private TorNode layOut(String name, Role role, Subject subject) throws IOException {
    if (nodes.containsKey(name)) {
      throw new IllegalArgumentException("a second node " + name);
    }
    TorNode.Ports nodePorts = TorNode.Ports.from(ports);
    TorNode node =
        new TorNode(
            name, role, subject, dir.resolve(name), nodePorts, makeKeys(name, role, nodePorts));
    nodes.put(name, node);
    return node;
  }

  private String dirAuthorities() throws IOException {
    StringBuilder lines = new StringBuilder();
    for (TorNode node : nodes.values()) {
      if (node.role() != Role.AUTHORITY) {
        continue;
      }
      Path certificate = node.dataDirectory().resolve("keys/authority_certificate");
      String v3ident =
          Files.readAllLines(certificate).stream()
              .filter(line -> line.startsWith("fingerprint "))
              .map(line -> line.substring("fingerprint ".length()))
              .findFirst()
              .orElseThrow();
      lines
          .append("DirAuthority ")
          .append(node.name())
          .append(" orport=")
          .append(node.ports().or())
          .append(" no-v2 v3ident=")
          .append(v3ident)
          .append(ipv6 ? " ipv6=[::1]:" + node.ports().or() : "")
          .append(' ')
          .append(address)
          .append(':')
          .append(node.ports().dir())
          .append(' ')
          .append(node.fingerprint())
          .append('\n');
    }
    return lines.toString();
  }

  /**
   * What a bandwidth scanner would have measured: all the same. Without it the first consensus has
   * whatever each relay saw in its first second, mostly 0; with one relay at 1 and the others at 0
   * C tor wants that relay for guard and exit at once and builds no circuit until the next.
   */
  private void writeBandwidthFile() throws IOException {
    StringBuilder file = new StringBuilder();
    file.append(System.currentTimeMillis() / 1000).append('\n');
    for (TorNode node : nodes.values()) {
      if (node.role().relays()) {
        file.append("node_id=$%s bw=10000 nick=%s%n".formatted(node.fingerprint(), node.name()));
      }
    }
    Files.writeString(bandwidthFile(), file);
  }

  /** The V3BandwidthsFile of all authorities, read again for each vote. */
  Path bandwidthFile() {
    return dir.resolve("bandwidths");
  }

  // ---- the voting schedule

  /**
   * Chooses the initial voting interval: the shortest in which all nodes can start after the
   * previous vote has passed. Returns how many seconds before a vote to start: the more, the more
   * often that was not enough on this machine.
   */
  private int chooseInterval(List<Builder.Planned> planned, int attempt) {
    long jvms = planned.stream().filter(p -> p.subject == Subject.OURS && p.role.relays()).count();
    double perNode =
        jvms * START_AHEAD_SECONDS_PER_JVM
            + Math.max(0, planned.size() - FEW_NODES) * AHEAD_SECONDS_PER_FURTHER_NODE;
    int ahead = START_AHEAD_SECONDS + (int) Math.ceil(perNode) + (attempt - 1) * MORE_AHEAD_SECONDS;
    for (int interval : new int[] {10, 15, 20, 30, 60}) {
      if (ahead + 1 + VOTE_DELAY_SECONDS + DIST_DELAY_SECONDS <= interval) {
        initialIntervalSeconds = interval;
        return ahead;
      }
    }
    throw new IllegalArgumentException("too many nodes for one start: " + planned.size());
  }

  private void awaitScheduledStart(int aheadSeconds) {
    long periodMillis = initialIntervalSeconds * 1000L;
    long aheadMillis = (VOTE_DELAY_SECONDS + DIST_DELAY_SECONDS + aheadSeconds) * 1000L;
    long intoPeriod = (System.currentTimeMillis() + aheadMillis) % periodMillis;
    Await.pause(periodMillis - intoPeriod);
  }

  // ---- torrc

  private void writeTorrc(TorNode node) throws IOException {
    StringBuilder torrc = new StringBuilder();
    torrc.append(
        """
        TestingTorNetwork 1
        PathsNeededToBuildCircuits 0.67
        ShutdownWaitLength 0
        ProtocolWarnings 1
        SafeLogging 0
        """);
    torrc.append(dirAuthorityLines);
    Path home = node.torrc().getParent();
    torrc.append(
        """
        DataDirectory %1$s/data
        PidFile %1$s/pid
        Log notice file %1$s/notice.log
        MetricsPort 127.0.0.1:%2$d
        MetricsPortPolicy accept 127.0.0.1
        """
            .formatted(home, node.ports().metrics()));
    if (!logLevel.equals("none")) {
      torrc.append("Log %1$s file %2$s/%1$s.log%n".formatted(logLevel, home));
    }
    if (node.subject() == Subject.CTOR) {
      // TestingTorNetwork makes C tor note every cell of a circuit, for events nobody asked for:
      // some 4 MiB/s of a relay under load until the circuit ends.
      torrc.append(
          """
          TestingEnableCellStatsEvent 0
          LogTimeGranularity 1
          DisableDebuggerAttachment 0
          ControlPort 127.0.0.1:%d
          CookieAuthentication 1
          """
              .formatted(node.ports().control()));
    }
    torrc.append(roleLines(node));
    Files.writeString(node.torrc(), torrc);
  }

  private String roleLines(TorNode node) {
    return switch (node.role()) {
      case AUTHORITY -> relayLines(node) + authorityLines(node) + "ExitPolicy reject *:*\n";
      case MIDDLE -> relayLines(node) + "ExitPolicy reject *:*\n";
      case EXIT ->
          // A policy of private networks alone leaves the summary empty and earns no Exit flag.
          relayLines(node)
              + """
              ExitRelay 1
              ExitPolicyRejectPrivate 0
              ExitPolicy accept 127.0.0.0/8:*
              ExitPolicy accept *:*
              """;
      case CLIENT -> "SocksPort 127.0.0.1:%d%n".formatted(node.ports().socks()) + PATIENCE;
    };
  }

  /** What clients learn of build times on an idle loopback is too short for a busy one. */
  private static final String PATIENCE = "LearnCircuitBuildTimeout 0\nCircuitBuildTimeout 30\n";

  private String relayLines(TorNode node) {
    StringBuilder lines =
        new StringBuilder(
            """
            Nickname %1$s
            Address %4$s
            ORPort %4$s:%2$d IPv4Only
            DirPort %4$s:%3$d IPv4Only
            ContactInfo %1$s@test.invalid
            AssumeReachable 1
            SocksPort 0
            """
                .formatted(
                    node.name(),
                    node.ports().or(),
                    node.ports().dir(),
                    ownAddresses.getOrDefault(node.name(), address)));
    if (ipv6) {
      lines.append("Address ::1\nORPort [::1]:%d IPv6Only%n".formatted(node.ports().or()));
    }
    relayExtras.forEach(extra -> lines.append(extra).append('\n'));
    return lines.toString();
  }

  private String authorityLines(TorNode node) {
    String lines =
        """
        AuthoritativeDirectory 1
        V3AuthoritativeDirectory 1
        TestingV3AuthInitialVotingInterval %1$d
        TestingV3AuthInitialVoteDelay %2$d
        TestingV3AuthInitialDistDelay %3$d
        V3AuthVotingInterval %4$d
        V3AuthVoteDelay %5$d
        V3AuthDistDelay %5$d
        V3AuthNIntervalsValid 2
        TestingDirAuthVoteExit %8$s
        TestingDirAuthVoteHSDir %9$s
        TestingDirAuthVoteGuard %6$s
        TestingDirAuthVoteGuardIsStrict %7$d
        TestingMinExitFlagThreshold 0
        """
            .formatted(
                initialIntervalSeconds,
                VOTE_DELAY_SECONDS,
                DIST_DELAY_SECONDS,
                votingIntervalSeconds,
                Math.min(4, votingIntervalSeconds / 5),
                guards,
                guards.equals("*") ? 0 : 1,
                exits,
                hsDirs);
    lines += "V3BandwidthsFile " + bandwidthFile() + "\n";
    for (String extra : authorityExtras) {
      lines += extra + "\n";
    }
    return lines;
  }

  private Path emptyTorrc() {
    return dir.resolve("empty.torrc");
  }

  // ---- the end

  /** Ends every process that this network started and waits for it. Files stay for inspection. */
  @Override
  public void close() throws IOException {
    try {
      Runtime.getRuntime().removeShutdownHook(endAtExit);
    } catch (IllegalStateException shuttingDown) {
      return; // the hook does it
    }
    endAll();
    ports.close();
  }

  private void endAll() {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (TorNode node : nodes.values()) {
        threads.submit(node::stop);
      }
    }
  }

  // ---- helpers

  private static <T> List<T> inParallel(List<Callable<T>> work) throws IOException {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<T> results = new ArrayList<>();
      for (Future<T> result : threads.invokeAll(work)) {
        results.add(result.get());
      }
      return results;
    } catch (ExecutionException e) {
      throw new IOException("cannot lay out the network", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** Makes {@code dir} an empty directory; what an earlier run left there goes. */
  private static void empty(Path dir) throws IOException {
    if (Files.exists(dir)) {
      Files.walkFileTree(
          dir,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              Files.delete(file);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException e)
                throws IOException {
              if (e != null) {
                throw e;
              }
              Files.delete(visited);
              return FileVisitResult.CONTINUE;
            }
          });
    }
    Files.createDirectories(dir);
  }
}
