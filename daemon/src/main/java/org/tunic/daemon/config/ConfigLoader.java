package org.tunic.daemon.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * From a command line to a {@link Config}: finds the files, reads them, puts the command line on
 * top, judges what we lack and checks the rest.
 *
 * <p>Threads: one.
 */
public final class ConfigLoader {
  /** The warning that a node has no part in its network; no matter if something runs beside it. */
  public static final String NOTHING_TO_DO =
      "SocksPort and ORPort are both off: the daemon will run but do nothing";

  /** Where C tor looks for its torrc. */
  private static final Path SYSTEM_TORRC = Path.of("/etc/tor/torrc");

  private static final Path SYSTEM_DEFAULTS = Path.of("/etc/tor/torrc-defaults");

  /**
   * What a configuration depends on besides its files.
   *
   * @param workingDirectory relative paths start here
   * @param home the user's home directory
   * @param userName the user we run as
   * @param standardInput read for {@code -f -}
   */
  public record Environment(
      Path workingDirectory, Optional<Path> home, String userName, InputStream standardInput) {}

  /**
   * A configuration and what to tell the operator about it once there is a log.
   *
   * @param config the configuration
   * @param notices what was read from where, one line each
   * @param warnings what should be changed, one line each
   */
  public record Loaded(Config config, List<String> notices, List<String> warnings) {
    /** Copies the lists. */
    public Loaded {
      notices = List.copyOf(notices);
      warnings = List.copyOf(warnings);
    }
  }

  private final Environment environment;
  private final List<String> notices = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();

  private ConfigLoader(Environment environment) {
    this.environment = environment;
  }

  /**
   * Loads what a command line asks for.
   *
   * @throws ConfigException with one line for the operator if it cannot be used
   */
  public static Loaded load(CommandLine commandLine, Environment environment)
      throws ConfigException {
    return new ConfigLoader(environment).load(commandLine);
  }

  /** Loads a torrc given as text, as embedding code and tests do; there is no defaults file. */
  public static Loaded parse(String torrc, String name, Environment environment)
      throws ConfigException {
    ConfigLoader loader = new ConfigLoader(environment);
    return loader.check(List.of(loader.files().parse(torrc, name)));
  }

  private Loaded load(CommandLine commandLine) throws ConfigException {
    List<List<ConfigLine>> sources = new ArrayList<>();
    if (commandLine.readsTorrc()) {
      sources.add(defaultsFile(commandLine));
      sources.add(torrc(commandLine));
    }
    sources.add(commandLine.options());
    return check(sources);
  }

  private Loaded check(List<List<ConfigLine>> sources) throws ConfigException {
    OptionValues values = OptionAssembler.assemble(OptionTable.load(), sources, warnings::add);
    OptionSupport.check(values, warnings::add);
    Paths paths = new Paths(environment.workingDirectory(), environment.home(), warnings::add);
    Config config = new ConfigRules(new Rules(values, paths, warnings::add)).check();
    return new Loaded(config, notices, warnings);
  }

  private TorrcFiles files() {
    return new TorrcFiles(environment.workingDirectory(), notices::add);
  }

  private List<ConfigLine> defaultsFile(CommandLine commandLine) throws ConfigException {
    Optional<String> named = commandLine.defaultsTorrc();
    Path file = named.isPresent() ? path(named.get()) : SYSTEM_DEFAULTS;
    if (!Files.isRegularFile(file)) {
      return List.of();
    }
    return read(file, named.orElse(file.toString()));
  }

  private List<ConfigLine> torrc(CommandLine commandLine) throws ConfigException {
    Optional<String> named = commandLine.torrc();
    if (named.isPresent() && named.get().equals("-")) {
      return files().parse(standardInput(), "standard input");
    }
    Path file = named.isPresent() ? path(named.get()) : defaultTorrc();
    if (!Files.isRegularFile(file) && (named.isEmpty() || commandLine.ignoreMissingTorrc())) {
      notices.add("Configuration file \"" + file + "\" not present, using reasonable defaults.");
      return List.of();
    }
    return read(file, named.orElse(file.toString()));
  }

  private List<ConfigLine> read(Path file, String name) throws ConfigException {
    List<ConfigLine> lines = files().read(file, name);
    notices.add("Read configuration file \"" + file + "\".");
    return lines;
  }

  private Path defaultTorrc() {
    if (Files.isRegularFile(SYSTEM_TORRC)) {
      return SYSTEM_TORRC;
    }
    return environment
        .home()
        .map(home -> home.resolve(".torrc"))
        .filter(Files::isRegularFile)
        .orElse(SYSTEM_TORRC);
  }

  private Path path(String name) throws ConfigException {
    try {
      if (name.startsWith("~/") && environment.home().isPresent()) {
        return environment.home().get().resolve(name.substring(2));
      }
      return environment.workingDirectory().resolve(name);
    } catch (InvalidPathException e) {
      throw new ConfigException(
          OneLine.quote(name) + " is not a path; correct the path given to -f");
    }
  }

  private String standardInput() throws ConfigException {
    return new String(standardInput(environment), StandardCharsets.UTF_8);
  }

  /**
   * All of standard input, for {@code -f -}.
   *
   * @throws ConfigException if it cannot be read, or is too large for a torrc
   */
  public static byte[] standardInput(Environment environment) throws ConfigException {
    try {
      byte[] bytes = environment.standardInput().readNBytes(TorrcFiles.MAX_FILE_BYTES + 1);
      if (bytes.length > TorrcFiles.MAX_FILE_BYTES) {
        throw new ConfigException("standard input is too large for a torrc; give a file");
      }
      return bytes;
    } catch (IOException e) {
      throw new ConfigException(
          "cannot read the torrc from standard input: " + FileProblem.of(e) + "; give a file");
    }
  }
}
