package org.tunic.daemon.wiring;

import java.io.ByteArrayInputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.identity.Ed25519Identity;
import org.tunic.crypto.identity.RelayIds;
import org.tunic.daemon.config.CommandLine;
import org.tunic.daemon.config.CommandLine.Quiet;
import org.tunic.daemon.config.Config;
import org.tunic.daemon.config.Config.Relay;
import org.tunic.daemon.config.ConfigException;
import org.tunic.daemon.config.ConfigLoader;
import org.tunic.daemon.config.ConfigLoader.Environment;
import org.tunic.daemon.config.ConfigLoader.Loaded;
import org.tunic.daemon.config.TorrcOptions;
import org.tunic.daemon.demo.DemoCommand;
import org.tunic.daemon.gateway.GatewayOptions;
import org.tunic.daemon.index.IndexOptions;
import org.tunic.daemon.keystore.DataDirectory;
import org.tunic.daemon.keystore.FamilyKeys;
import org.tunic.daemon.keystore.KeystoreException;
import org.tunic.daemon.keystore.RelayKeystore;
import org.tunic.daemon.log.LogSetup;
import org.tunic.daemon.onion.VanityCommand;
import org.tunic.daemon.tracker.TrackerOptions;

/**
 * The command line: C tor's flags with C tor's output and exit status, and {@code run} in front of
 * them for those who like a verb.
 *
 * <p>What went wrong is one line on standard error, and exit status 1. Results go to standard
 * output.
 *
 * <p>Threads: main thread.
 */
final class Cli {
  private static final Logger LOG = LoggerFactory.getLogger(Cli.class);

  private static final int OK = 0;
  private static final int FAILED = 1;

  private static final String USAGE =
      """
      tunic [run] [-f TORRC] [--Option VALUE]…   run the relay, exit, authority or client of a torrc
      tunic demo [--help]                        run a whole private network on this machine
      tunic tracker [--help]                     run a BitTorrent tracker behind an onion address
      tunic gateway [--help]                     make a BitTorrent client of this machine an anonymous peer
      tunic index [--help]                       run an index of torrents behind an onion address
      tunic onion vanity PREFIX [--help]         make a key for an onion address that begins like this

      -f TORRC, --torrc-file TORRC   the configuration; - reads standard input
      --defaults-torrc TORRC         defaults below it
      --ignore-missing-torrc         a missing configuration counts as empty
      --verify-config                check the configuration and stop
      --dump-config short|full       print the configuration and stop
      --list-fingerprint [rsa|ed25519]  print the identity of the relay and stop
      --keygen                       make or renew its Ed25519 keys and stop
      --keygen-family NAME           make the key of a family of relays, for FamilyId, and stop
      --hash-password PASSWORD       print the hash for HashedControlPassword and stop
      --list-torrc-options           print the names of all options and stop
      --quiet, --hush                nothing, or only warnings, on the console
      --version, --help              print this and stop

      Any option of the torrc may be given as --Option VALUE; +Option adds to a list, /Option clears it.
      """;

  private final Environment environment;
  private final PrintStream out;
  private final PrintStream err;
  private final InstantSource clock;
  private final LongSupplier nanoClock;
  private final SecureRandom random;

  Cli(
      Environment environment,
      PrintStream out,
      PrintStream err,
      InstantSource clock,
      LongSupplier nanoClock,
      SecureRandom random) {
    this.environment = environment;
    this.out = out;
    this.err = err;
    this.clock = clock;
    this.nanoClock = nanoClock;
    this.random = random;
  }

  /** Does what the arguments say; returns the exit status. */
  int run(List<String> arguments) {
    if (!arguments.isEmpty() && arguments.getFirst().equals("demo")) {
      LogSetup.toConsole(Quiet.HUSH);
      return DemoCommand.run(
          arguments.subList(1, arguments.size()),
          out,
          clock,
          nanoClock,
          startNanos(),
          random,
          DemoCommand.thisProgram());
    }
    if (!arguments.isEmpty() && arguments.getFirst().equals("onion")) {
      return new VanityCommand(environment.workingDirectory(), out, err, nanoClock, random)
          .run(arguments.subList(1, arguments.size()), Runtime.getRuntime().availableProcessors());
    }
    if (!arguments.isEmpty() && arguments.getFirst().equals("tracker")) {
      return runTracker(arguments.subList(1, arguments.size()));
    }
    if (!arguments.isEmpty() && arguments.getFirst().equals("gateway")) {
      return runGateway(arguments.subList(1, arguments.size()));
    }
    if (!arguments.isEmpty() && arguments.getFirst().equals("index")) {
      return runIndex(arguments.subList(1, arguments.size()));
    }
    List<String> rest =
        !arguments.isEmpty() && arguments.getFirst().equals("run")
            ? arguments.subList(1, arguments.size())
            : arguments;
    try {
      return run(CommandLine.parse(rest));
    } catch (ConfigException | KeystoreException e) {
      err.println("tunic: " + e.getMessage());
      return FAILED;
    }
  }

  private int runTracker(List<String> arguments) {
    try {
      TrackerOptions options = TrackerOptions.parse(arguments, environment.workingDirectory());
      if (options.help()) {
        return print(TrackerOptions.USAGE.stripTrailing());
      }
      CommandLine commandLine = CommandLine.parse(options.torrc());
      LogSetup.toConsole(commandLine.quiet());
      return runNode(
          commandLine,
          new TrackerService(options, out),
          false,
          config -> NodeService.neverRelays("tracker", config));
    } catch (ConfigException | KeystoreException e) {
      err.println("tunic: " + e.getMessage());
      return FAILED;
    }
  }

  private int runGateway(List<String> arguments) {
    try {
      GatewayOptions options = GatewayOptions.parse(arguments, environment.workingDirectory());
      if (options.help()) {
        return print(GatewayOptions.USAGE.stripTrailing());
      }
      CommandLine commandLine = CommandLine.parse(options.torrc());
      LogSetup.toConsole(commandLine.quiet());
      return runNode(
          commandLine,
          new GatewayService(options, out),
          false,
          config -> NodeService.neverRelays("gateway", config));
    } catch (ConfigException | KeystoreException e) {
      err.println("tunic: " + e.getMessage());
      return FAILED;
    }
  }

  private int runIndex(List<String> arguments) {
    try {
      IndexOptions options = IndexOptions.parse(arguments, environment.workingDirectory());
      if (options.help()) {
        return print(IndexOptions.USAGE.stripTrailing());
      }
      CommandLine commandLine = CommandLine.parse(options.torrc());
      LogSetup.toConsole(commandLine.quiet());
      return runNode(
          commandLine,
          new IndexService(options, out),
          false,
          config -> NodeService.neverRelays("index", config));
    } catch (ConfigException | KeystoreException e) {
      err.println("tunic: " + e.getMessage());
      return FAILED;
    }
  }

  /** What a configuration must be like for a service. */
  private interface Check {
    void accept(Config config) throws ConfigException;
  }

  /** Monotonic time at which the JVM started, as near as it tells. */
  private long startNanos() {
    long upMillis = java.lang.management.ManagementFactory.getRuntimeMXBean().getUptime();
    return nanoClock.getAsLong() - upMillis * 1_000_000;
  }

  private int run(CommandLine commandLine) throws ConfigException, KeystoreException {
    LogSetup.toConsole(commandLine.quiet());
    return switch (commandLine.action()) {
      case RUN -> runNode(commandLine, NodeService.NONE, true, _ -> {});
      case VERIFY_CONFIG -> {
        Config config = load(commandLine);
        HostedOnions.check(config.onions(), config.network().testing());
        yield print("Configuration was valid");
      }
      case LIST_FINGERPRINT -> listFingerprint(commandLine);
      case KEYGEN -> keygen(commandLine);
      case DUMP_CONFIG -> dumpConfig(commandLine);
      case HASH_PASSWORD -> print(PasswordHash.of(commandLine.argument(), random));
      case VERSION ->
          print(
              "Tunic version "
                  + Version.number()
                  + ", compatible with Tor "
                  + Version.TOR
                  + ".\nTunic is running on "
                  + platform()
                  + ".");
      case HELP -> print(USAGE.stripTrailing());
      case LIST_TORRC_OPTIONS -> print(String.join("\n", TorrcOptions.names()));
      case LIST_DEPRECATED_OPTIONS -> print(String.join("\n", TorrcOptions.deprecatedNames()));
      case LIST_MODULES -> print("relay: yes\ndirauth: yes\ndircache: yes\npow: no");
      case LIBRARY_VERSIONS -> print("Java " + Runtime.version());
      case KEYGEN_FAMILY -> keygenFamily(commandLine);
      case KEY_EXPIRATION -> unsupported("--key-expiration");
    };
  }

  private int print(String text) {
    out.println(text);
    return OK;
  }

  private int unsupported(String flag) {
    err.println("tunic: " + flag + " is not supported by this version; use the one of tor");
    return FAILED;
  }

  private static String platform() {
    return System.getProperty("os.name")
        + " "
        + System.getProperty("os.arch")
        + " with Java "
        + Runtime.version();
  }

  /** Loads the configuration and says on the console what there is to say about it. */
  private Config load(CommandLine commandLine) throws ConfigException {
    Loaded loaded = ConfigLoader.load(commandLine, environment);
    report(loaded, true);
    return loaded.config();
  }

  private static void report(Loaded loaded, boolean alone) {
    loaded.notices().forEach(LOG::info);
    loaded.warnings().stream()
        .filter(warning -> alone || !warning.equals(ConfigLoader.NOTHING_TO_DO))
        .forEach(LOG::warn);
  }

  private int dumpConfig(CommandLine commandLine) throws ConfigException {
    boolean all =
        switch (commandLine.argument()) {
          case "short", "non-builtin" -> false;
          case "full" -> true;
          default ->
              throw new ConfigException("--dump-config needs an argument; add short or full");
        };
    out.print(load(commandLine).values().dump(all));
    return OK;
  }

  private static Relay relay(Config config) throws ConfigException {
    return config
        .relay()
        .orElseThrow(
            () ->
                new ConfigException(
                    "clients have no long-term identity keys; set ORPort if this is a relay"));
  }

  private int listFingerprint(CommandLine commandLine) throws ConfigException, KeystoreException {
    Config config = load(commandLine);
    Relay relay = relay(config);
    String kind = commandLine.argument();
    if (!kind.isEmpty() && !kind.equals("rsa") && !kind.equals("ed25519")) {
      throw new ConfigException(
          "--list-fingerprint has an unknown kind of key; write rsa or ed25519 after it");
    }
    RelayIds ids = identities(config, relay);
    return print(
        relay.nickname()
            + " "
            + (kind.equals("ed25519")
                ? ids.ed().orElseThrow().base64()
                : ids.rsa().hex().replaceAll("(.{4})(?!$)", "$1 ")));
  }

  private RelayIds identities(Config config, Relay relay) throws KeystoreException {
    Optional<DataDirectory> free = DataDirectory.openIfFree(config.directories(), LOG::warn);
    if (free.isEmpty()) {
      return RelayKeystore.identities(config.directories().keys());
    }
    try (DataDirectory data = free.get()) {
      RelayIds ids = openKeys(data, relay).keys().ids();
      data.writeFingerprints(relay.nickname(), ids.rsa(), ids.ed().orElseThrow());
      return ids;
    }
  }

  private RelayKeystore openKeys(DataDirectory data, Relay relay) throws KeystoreException {
    Path directory = data.keyDirectory(LOG::warn);
    return RelayKeystore.open(directory, relay.keys(), clock, random, LOG::info);
  }

  private int keygen(CommandLine commandLine) throws ConfigException, KeystoreException {
    Config config = load(commandLine);
    try (DataDirectory data = DataDirectory.open(config.directories(), LOG::warn)) {
      RelayKeystore.generate(
          data.keyDirectory(LOG::warn), TorrcOptions.keyLifetimes(config), clock, random);
    }
    return OK;
  }

  /** Prints what C tor prints. */
  private int keygenFamily(CommandLine commandLine) throws KeystoreException {
    Path base = environment.workingDirectory().resolve(commandLine.argument());
    Ed25519Identity id = FamilyKeys.generate(base, random);
    return print(
        "# Generated " + commandLine.argument() + ".secret_family_key\nFamilyId " + id.base64());
  }

  /**
   * @param alone whether the node must have a part in its network to be of use
   */
  private int runNode(CommandLine commandLine, NodeService service, boolean alone, Check check)
      throws ConfigException, KeystoreException {
    Reload.Source source = source(commandLine);
    Loaded loaded = source.load();
    Config config = loaded.config();
    check.accept(config);
    if (config.network().authorities().isEmpty()) {
      throw new ConfigException(
          "no directory authority is configured; add the DirAuthority lines of your network");
    }
    Optional<List<String>> restart =
        Restart.command(config, environment.userName(), Restart.thisCommandLine());
    if (restart.isPresent()) {
      if (commandLine.torrc().equals(Optional.of("-"))) {
        throw new ConfigException(
            "User and RunAsDaemon need a configuration that can be read twice; use -f FILE");
      }
      out.flush();
      throw Restart.become(restart.get());
    }
    try (DataDirectory data = DataDirectory.open(config.directories(), LOG::warn)) {
      LogSetup.apply(config.logs(), commandLine.quiet());
      // Where Netty unpacks its native libraries: not in a directory that others can write to.
      System.setProperty("io.netty.native.workdir", config.directories().data().toString());
      LOG.info("Tunic {} (Tor {}) on {}", Version.number(), Version.TOR, platform());
      report(loaded, alone);
      if (config.process().pidFile().isPresent()) {
        data.writePidFile(config.process().pidFile().get(), ProcessHandle.current().pid());
      }
      return Node.run(config, source, commandLine.quiet(), data, service, clock, random);
    }
  }

  /** Reads the configuration, any number of times; standard input has only one, which is kept. */
  private Reload.Source source(CommandLine commandLine) throws ConfigException {
    if (!commandLine.torrc().equals(Optional.of("-"))) {
      return () -> ConfigLoader.load(commandLine, environment);
    }
    Bytes input = Bytes.copyOf(ConfigLoader.standardInput(environment));
    return () ->
        ConfigLoader.load(
            commandLine,
            new Environment(
                environment.workingDirectory(),
                environment.home(),
                environment.userName(),
                new ByteArrayInputStream(input.toArray())));
  }
}
