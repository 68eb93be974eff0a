package org.tunic.daemon.config;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.tunic.daemon.config.OnionServiceOptions.IntroDos;
import org.tunic.daemon.config.OnionServiceOptions.Port;
import org.tunic.daemon.config.OnionServiceOptions.Pow;
import org.tunic.daemon.config.OnionServiceOptions.StreamLimit;
import org.tunic.daemon.config.OnionServiceOptions.Target;
import org.tunic.directory.policy.IpLiteral;

/**
 * The lines of one onion service. Of each option but HiddenServicePort the last line counts.
 *
 * <p>Spec: tor(1), HiddenServicePort and what follows it
 *
 * <p>Threads: one; made for one configuration.
 */
final class OnionServiceSection {
  private static final int VERSION = 3;
  private static final int MIN_INTRO_POINTS = 3;
  private static final int MAX_INTRO_POINTS = 20;
  private static final int MAX_STREAMS = 65535;
  private static final int MAX_PORT = 65535;
  private static final String UNIX = "unix:";
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

  private final Rules rules;
  private final ConfigLine first;
  private final Path directory;
  private final List<ConfigLine> ports = new ArrayList<>();
  private final Map<String, ConfigLine> options = new HashMap<>();

  /**
   * @param first the HiddenServiceDir line
   */
  OnionServiceSection(Rules rules, ConfigLine first) throws ConfigException {
    this.rules = rules;
    this.first = first;
    this.directory = rules.paths().absolute(first, first.value());
  }

  Path directory() {
    return directory;
  }

  void add(ConfigLine line) {
    if (line.name().equals("HiddenServicePort")) {
      ports.add(line);
    } else if (options.put(line.name(), line) != null) {
      rules
          .warnings()
          .accept(
              OneLine.of(
                  line.origin()
                      + ": "
                      + line.name()
                      + " is set more than once for one service; only the last value counts"));
    }
  }

  OnionServiceOptions finish() throws ConfigException {
    checkVersion();
    if (flag("HiddenServiceOnionBalanceInstance")) {
      throw ConfigException.value(
          line("HiddenServiceOnionBalanceInstance"),
          "is not supported by this version",
          "write 0 to go on without it");
    }
    List<Port> targets = new ArrayList<>();
    for (ConfigLine line : ports) {
      targets.add(port(line));
    }
    if (targets.isEmpty()) {
      throw ConfigException.value(
          first, "has no ports", "add a line such as HiddenServicePort 80 127.0.0.1:8080");
    }
    return new OnionServiceOptions(
        directory,
        flag("HiddenServiceDirGroupReadable"),
        targets,
        flag("HiddenServiceAllowUnknownPorts"),
        new StreamLimit(
            number("HiddenServiceMaxStreams", 0, 0, MAX_STREAMS),
            flag("HiddenServiceMaxStreamsCloseCircuit")),
        number(
            "HiddenServiceNumIntroductionPoints",
            MIN_INTRO_POINTS,
            MIN_INTRO_POINTS,
            MAX_INTRO_POINTS),
        exportsCircuitId(),
        introDos(),
        pow());
  }

  private void checkVersion() throws ConfigException {
    int version = number("HiddenServiceVersion", -1, Integer.MIN_VALUE, Integer.MAX_VALUE);
    if (version != -1 && version != VERSION) { // C tor: -1 is "as the key says"
      throw ConfigException.value(
          line("HiddenServiceVersion"), "is not supported", "write 3, or leave it out");
    }
  }

  private boolean exportsCircuitId() throws ConfigException {
    ConfigLine line = options.get("HiddenServiceExportCircuitID");
    if (line == null) {
      return false;
    }
    return switch (line.value().toLowerCase(Locale.ROOT)) {
      case "haproxy" -> true;
      case "none" -> false;
      default -> throw ConfigException.value(line, "is not known", "write haproxy or none");
    };
  }

  private Optional<IntroDos> introDos() throws ConfigException {
    int rate = number("HiddenServiceEnableIntroDoSRatePerSec", 25, 0, Integer.MAX_VALUE);
    int burst = number("HiddenServiceEnableIntroDoSBurstPerSec", 200, 0, Integer.MAX_VALUE);
    if (!flag("HiddenServiceEnableIntroDoSDefense")) {
      return Optional.empty();
    }
    if (burst < rate) {
      throw belowRate("HiddenServiceEnableIntroDoSBurstPerSec");
    }
    return Optional.of(new IntroDos(rate, burst));
  }

  private Optional<Pow> pow() throws ConfigException {
    int rate = number("HiddenServicePoWQueueRate", 250, 0, Integer.MAX_VALUE);
    int burst = number("HiddenServicePoWQueueBurst", 2500, 0, Integer.MAX_VALUE);
    if (!flag("HiddenServicePoWDefensesEnabled")) {
      return Optional.empty();
    }
    if (burst < rate) {
      throw belowRate("HiddenServicePoWQueueBurst");
    }
    return Optional.of(new Pow(rate, burst));
  }

  private ConfigException belowRate(String burst) {
    return ConfigException.value(
        options.getOrDefault(burst, first),
        "makes a burst of " + burst + " that is below the rate",
        "raise it to at least the rate");
  }

  private ConfigLine line(String option) {
    return options.getOrDefault(option, first);
  }

  private boolean flag(String option) throws ConfigException {
    ConfigLine line = options.get(option);
    return line != null && (Boolean) parse(OptionType.BOOL, line);
  }

  private int number(String option, int whenUnset, int least, int most) throws ConfigException {
    ConfigLine line = options.get(option);
    if (line == null) {
      return whenUnset;
    }
    int value = Math.toIntExact((Long) parse(OptionType.INT, line));
    if (value < least || value > most) {
      throw ConfigException.value(
          line, "is out of range", "write a number from " + least + " to " + most);
    }
    return value;
  }

  private static Object parse(OptionType type, ConfigLine line) throws ConfigException {
    try {
      return type.parse(line.value());
    } catch (BadValue e) {
      throw e.at(line);
    }
  }

  /** {@code VIRTPORT [TARGET]}; TARGET is a port, an address, both, or {@code unix:PATH}. */
  private Port port(ConfigLine line) throws ConfigException {
    int space = line.value().indexOf(' ');
    String virtualPort = space < 0 ? line.value() : line.value().substring(0, space);
    String target = space < 0 ? "" : line.value().substring(space).strip();
    int virtual = portNumber(line, virtualPort);
    if (target.isEmpty()) {
      return new Port(virtual, new Target.Tcp(new InetSocketAddress(LOOPBACK, virtual)));
    }
    if (target.startsWith(UNIX + "\"")) {
      return unix(line, virtual, unquoted(line, target.substring(UNIX.length())));
    }
    if (target.chars().anyMatch(Character::isWhitespace)) {
      throw ConfigException.value(
          line, "has text after its target", "write the virtual port and one target");
    }
    if (target.startsWith(UNIX)) {
      return unix(line, virtual, target.substring(UNIX.length()));
    }
    return new Port(virtual, new Target.Tcp(address(line, target, virtual)));
  }

  private Port unix(ConfigLine line, int virtual, String path) throws ConfigException {
    return new Port(virtual, new Target.Unix(rules.paths().absolute(line, path)));
  }

  /** A quoted value is one of the torrc, with the same escapes. */
  private static String unquoted(ConfigLine line, String quoted) throws ConfigException {
    try {
      List<ConfigLine> lines = TorrcParser.parse(line.name() + " " + quoted, "");
      if (lines.size() == 1) {
        return lines.getFirst().value();
      }
    } catch (ConfigException e) {
      // The same answer.
    }
    throw ConfigException.value(
        line, "has a quoted path that cannot be read", "write unix:\"PATH\" at its end");
  }

  private static InetSocketAddress address(ConfigLine line, String target, int virtual)
      throws ConfigException {
    if (target.indexOf(':') < 0 && target.indexOf('.') < 0) {
      return new InetSocketAddress(LOOPBACK, portNumber(line, target));
    }
    int colon = target.lastIndexOf(':');
    boolean withPort =
        colon > 0 && (target.indexOf(':') == colon || target.charAt(colon - 1) == ']');
    String host = withPort ? target.substring(0, colon) : target;
    int port = withPort ? portNumber(line, target.substring(colon + 1)) : virtual;
    if (host.equalsIgnoreCase("localhost")) {
      return new InetSocketAddress(LOOPBACK, port);
    }
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    }
    return new InetSocketAddress(
        IpLiteral.parseAddress(host)
            .orElseThrow(
                () ->
                    ConfigException.value(
                        line,
                        "names a host, which is never looked up",
                        "write its address, such as 127.0.0.1:8080")),
        port);
  }

  private static int portNumber(ConfigLine line, String text) throws ConfigException {
    try {
      int port = Integer.parseInt(text);
      if (port >= 1 && port <= MAX_PORT) {
        return port;
      }
    } catch (NumberFormatException e) {
      // The same answer.
    }
    throw ConfigException.value(line, "has a bad port", "write one from 1 to " + MAX_PORT);
  }
}
