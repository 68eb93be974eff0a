package org.tunic.daemon.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tunic.daemon.config.ConfigLine.Command;

/**
 * C tor's command line: a few flags of its own and any option of the torrc, as {@code --Option
 * VALUE}, {@code -Option VALUE} or {@code Option VALUE}, with {@code +} or {@code /} before the
 * name.
 *
 * <p>Threads: immutable.
 *
 * @param action what to do; {@link Action#RUN} if no flag says otherwise
 * @param argument argument of the flag that chose the action; empty if it has none
 * @param quiet how much to say before there is a log
 * @param torrc value of {@code -f}
 * @param defaultsTorrc value of {@code --defaults-torrc}
 * @param ignoreMissingTorrc whether a missing torrc is as good as an empty one
 * @param passphrase whether {@code --keygen} may ask for a passphrase
 * @param options the torrc options given
 */
public record CommandLine(
    Action action,
    String argument,
    Quiet quiet,
    Optional<String> torrc,
    Optional<String> defaultsTorrc,
    boolean ignoreMissingTorrc,
    boolean passphrase,
    List<ConfigLine> options) {

  /** What the program is asked to do. */
  public enum Action {
    RUN,
    VERIFY_CONFIG,
    LIST_FINGERPRINT,
    KEYGEN,
    KEYGEN_FAMILY,
    KEY_EXPIRATION,
    HASH_PASSWORD,
    DUMP_CONFIG,
    VERSION,
    HELP,
    LIST_TORRC_OPTIONS,
    LIST_DEPRECATED_OPTIONS,
    LIST_MODULES,
    LIBRARY_VERSIONS
  }

  /** How much goes to standard output when no Log line says otherwise. */
  public enum Quiet {
    /** Notices and above. */
    NONE,
    /** {@code --hush}: warnings and errors. */
    HUSH,
    /** {@code --quiet}: nothing. */
    SILENT
  }

  private enum Takes {
    NOTHING,
    VALUE,
    OPTIONAL_VALUE
  }

  private record Flag(Takes takes, Action action, Quiet quiet) {
    static Flag plain(Takes takes) {
      return new Flag(takes, Action.RUN, Quiet.NONE);
    }
  }

  private static final Map<String, Flag> FLAGS =
      Map.ofEntries(
          Map.entry("--torrc-file", Flag.plain(Takes.VALUE)),
          Map.entry("-f", Flag.plain(Takes.VALUE)),
          Map.entry("--allow-missing-torrc", Flag.plain(Takes.NOTHING)),
          Map.entry("--ignore-missing-torrc", Flag.plain(Takes.NOTHING)),
          Map.entry("--defaults-torrc", Flag.plain(Takes.VALUE)),
          Map.entry("--hash-password", new Flag(Takes.VALUE, Action.HASH_PASSWORD, Quiet.HUSH)),
          Map.entry(
              "--dump-config", new Flag(Takes.OPTIONAL_VALUE, Action.DUMP_CONFIG, Quiet.SILENT)),
          Map.entry(
              "--list-fingerprint",
              new Flag(Takes.OPTIONAL_VALUE, Action.LIST_FINGERPRINT, Quiet.NONE)),
          Map.entry("--keygen", new Flag(Takes.NOTHING, Action.KEYGEN, Quiet.NONE)),
          Map.entry("--keygen-family", new Flag(Takes.VALUE, Action.KEYGEN_FAMILY, Quiet.NONE)),
          Map.entry(
              "--key-expiration",
              new Flag(Takes.OPTIONAL_VALUE, Action.KEY_EXPIRATION, Quiet.NONE)),
          Map.entry("--format", Flag.plain(Takes.VALUE)),
          Map.entry("--newpass", Flag.plain(Takes.NOTHING)),
          Map.entry("--no-passphrase", Flag.plain(Takes.NOTHING)),
          Map.entry("--passphrase-fd", Flag.plain(Takes.VALUE)),
          Map.entry("--verify-config", new Flag(Takes.NOTHING, Action.VERIFY_CONFIG, Quiet.NONE)),
          Map.entry("--quiet", new Flag(Takes.NOTHING, Action.RUN, Quiet.SILENT)),
          Map.entry("--hush", new Flag(Takes.NOTHING, Action.RUN, Quiet.HUSH)),
          Map.entry("--version", new Flag(Takes.NOTHING, Action.VERSION, Quiet.HUSH)),
          Map.entry("--list-modules", new Flag(Takes.NOTHING, Action.LIST_MODULES, Quiet.HUSH)),
          Map.entry(
              "--library-versions", new Flag(Takes.NOTHING, Action.LIBRARY_VERSIONS, Quiet.HUSH)),
          Map.entry("--help", new Flag(Takes.NOTHING, Action.HELP, Quiet.HUSH)),
          Map.entry("-h", new Flag(Takes.NOTHING, Action.HELP, Quiet.HUSH)),
          Map.entry(
              "--list-torrc-options",
              new Flag(Takes.NOTHING, Action.LIST_TORRC_OPTIONS, Quiet.HUSH)),
          Map.entry(
              "--list-deprecated-options",
              new Flag(Takes.NOTHING, Action.LIST_DEPRECATED_OPTIONS, Quiet.NONE)));

  /** Names that mean another option on the command line than in a torrc. */
  private static final Map<String, String> ONLY_HERE =
      Map.of("l", "Log", "hashedcontrolpassword", "__HashedControlSessionPassword");

  /** Copies the list. */
  public CommandLine {
    options = List.copyOf(options);
  }

  /** Whether the action has a configuration to read. */
  boolean readsTorrc() {
    return action != Action.HASH_PASSWORD;
  }

  /**
   * Reads the arguments of the program, without a leading {@code run}.
   *
   * @throws ConfigException if an option lacks its value
   */
  public static CommandLine parse(List<String> arguments) throws ConfigException {
    return new Parser(arguments).parse();
  }

  private static final class Parser {
    private final List<String> arguments;
    private final List<ConfigLine> options = new ArrayList<>();
    private Action action = Action.RUN;
    private String actionArgument = "";
    private Quiet quiet = Quiet.NONE;
    private Optional<String> torrc = Optional.empty();
    private Optional<String> defaultsTorrc = Optional.empty();
    private String torrcFlag = "";
    private boolean ignoreMissing;
    private boolean passphrase = true;
    private int at;

    Parser(List<String> arguments) {
      this.arguments = arguments;
    }

    CommandLine parse() throws ConfigException {
      while (at < arguments.size()) {
        String word = arguments.get(at++);
        Flag flag = FLAGS.get(word);
        if (flag == null) {
          option(word);
        } else {
          flag(word, flag);
        }
      }
      return new CommandLine(
          action, actionArgument, quiet, torrc, defaultsTorrc, ignoreMissing, passphrase, options);
    }

    private void flag(String word, Flag flag) throws ConfigException {
      String value =
          switch (flag.takes()) {
            case NOTHING -> "";
            case VALUE -> value(word);
            case OPTIONAL_VALUE ->
                at < arguments.size() && !arguments.get(at).startsWith("-")
                    ? arguments.get(at++)
                    : "";
          };
      if (flag.action() != Action.RUN) {
        action = flag.action();
        actionArgument = value;
      }
      if (flag.quiet().compareTo(quiet) > 0) {
        quiet = flag.quiet();
      }
      switch (word) {
        case "-f", "--torrc-file" -> {
          if (!torrcFlag.isEmpty() && !torrcFlag.equals(word)) {
            throw new ConfigException(
                "command line: -f and --torrc-file are both given; remove one of them");
          }
          torrcFlag = word;
          torrc = Optional.of(value);
        }
        case "--defaults-torrc" -> defaultsTorrc = Optional.of(value);
        case "--ignore-missing-torrc", "--allow-missing-torrc", "--keygen" -> ignoreMissing = true;
        default -> {
          // The rest matters to its action alone.
        }
      }
      if (word.equals("--no-passphrase")) {
        passphrase = false;
      }
    }

    private void option(String word) throws ConfigException {
      int start = word.startsWith("--") ? 2 : word.startsWith("-") ? 1 : 0;
      String name = word.substring(start);
      Command command = Command.SET;
      if (name.startsWith("+")) {
        command = Command.APPEND;
        name = name.substring(1);
      } else if (name.startsWith("/")) {
        command = Command.CLEAR;
        name = name.substring(1);
      }
      String value = command == Command.CLEAR ? "" : value(word);
      String meant = ONLY_HERE.getOrDefault(name.toLowerCase(java.util.Locale.ROOT), name);
      options.add(new ConfigLine(Origin.COMMAND_LINE, command, meant, value));
    }

    private String value(String word) throws ConfigException {
      if (at >= arguments.size()) {
        throw new ConfigException(
            "command line: option " + OneLine.quote(word) + " has no value; add one after it");
      }
      return arguments.get(at++);
    }
  }
}
