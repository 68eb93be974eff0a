package org.tunic.daemon.demo;

import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tunic.daemon.config.CommandLine;
import org.tunic.daemon.config.Config;
import org.tunic.daemon.config.ConfigException;
import org.tunic.daemon.config.ConfigLoader;
import org.tunic.daemon.keystore.AuthorityKeys;
import org.tunic.daemon.keystore.DataDirectory;
import org.tunic.daemon.keystore.KeystoreException;
import org.tunic.daemon.keystore.RelayKeystore;
import org.tunic.daemon.wiring.Engine;
import org.tunic.daemon.wiring.LiveNode;

/**
 * The {@code demo} command: reads its options and decides where the nodes run.
 *
 * <p>Threads: main thread.
 */
public final class DemoCommand {
  private static final Logger LOG = LoggerFactory.getLogger(DemoCommand.class);

  private static final Config.KeyLifetimes LIFETIMES =
      new Config.KeyLifetimes(Duration.ofDays(30), Duration.ofDays(1), false);

  private DemoCommand() {}

  /**
   * Runs the demo to its end.
   *
   * @param arguments those behind {@code demo}
   * @param startNanos monotonic time at which the process started
   * @param launcher the command line that starts {@code tunic}, for {@code --processes}
   * @return the exit status
   */
  public static int run(
      List<String> arguments,
      PrintStream out,
      InstantSource clock,
      LongSupplier nanoClock,
      long startNanos,
      SecureRandom random,
      List<String> launcher) {
    if (arguments.contains("--help")) {
      out.print(DemoOptions.USAGE);
      return 0;
    }
    DemoOptions options;
    try {
      options = DemoOptions.parse(arguments);
    } catch (DemoOptions.UsageException e) {
      out.println("tunic: " + e.getMessage());
      return 1;
    }
    DemoKeys keys = new DemoKeys(clock, random, LIFETIMES);
    if (options.processes()) {
      return run(
          new Demo(
              options,
              out,
              clock,
              nanoClock,
              startNanos,
              launcher,
              node -> ProcessNode.start(node, launcher)),
          keys,
          random);
    }
    try (Engine engine = Engine.start(0, clock, nanoClock, random)) {
      return run(
          new Demo(
              options,
              out,
              clock,
              nanoClock,
              startNanos,
              launcher,
              node -> startHere(node, engine)),
          keys,
          random);
    }
  }

  private static int run(Demo demo, DemoKeys keys, SecureRandom random) {
    Thread hook = new Thread(demo::stop, "stop");
    Runtime.getRuntime().addShutdownHook(hook);
    return demo.run(keys, random);
  }

  private static RunningNode startHere(DemoNode node, Engine engine) throws DemoFailure {
    DataDirectory data = null;
    try {
      Config config = load(node);
      data = DataDirectory.open(config.directories(), LOG::warn);
      LiveNode.Keys keys = keys(config, data, engine);
      return new LocalNode(LiveNode.start(config, keys, engine, event -> {}), data);
    } catch (ConfigException | KeystoreException e) {
      if (data != null) {
        data.close();
      }
      throw new DemoFailure(node.name() + ": " + e.getMessage());
    }
  }

  private static Config load(DemoNode node) throws ConfigException {
    CommandLine commandLine =
        CommandLine.parse(
            List.of(
                "-f",
                node.torrc().toString(),
                "--defaults-torrc",
                node.home().resolve("defaults-torrc").toString()));
    return ConfigLoader.load(
            commandLine,
            new ConfigLoader.Environment(
                Path.of("").toAbsolutePath(),
                Optional.empty(),
                System.getProperty("user.name", ""),
                InputStream.nullInputStream()))
        .config();
  }

  private static LiveNode.Keys keys(Config config, DataDirectory data, Engine engine)
      throws KeystoreException {
    Optional<RelayKeystore> relay = Optional.empty();
    if (config.relay().isPresent()) {
      relay =
          Optional.of(
              RelayKeystore.open(
                  data.keyDirectory(LOG::warn),
                  config.relay().get().keys(),
                  engine.clock(),
                  engine.random(),
                  LOG::debug));
    }
    Optional<AuthorityKeys> authority = Optional.empty();
    if (config.authority().isPresent()) {
      authority =
          Optional.of(AuthorityKeys.load(config.directories().keys(), engine.clock().instant()));
    }
    return new LiveNode.Keys(relay, authority);
  }

  /** The command line of this very JVM, for processes that shall be like it. */
  public static List<String> thisProgram() {
    List<String> line = new ArrayList<>();
    ProcessHandle.Info info = ProcessHandle.current().info();
    line.add(info.command().orElse("java"));
    List<String> flags =
        java.lang.management.ManagementFactory.getRuntimeMXBean().getInputArguments();
    line.addAll(flags);
    line.add("-cp");
    line.add(System.getProperty("java.class.path"));
    line.add("org.tunic.daemon.wiring.Main");
    return line;
  }
}
