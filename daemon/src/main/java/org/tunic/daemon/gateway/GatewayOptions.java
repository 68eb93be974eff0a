package org.tunic.daemon.gateway;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tunic.daemon.config.ConfigException;
import org.tunic.directory.policy.IpLiteral;

/**
 * What {@code tunic gateway} was asked for.
 *
 * <p>Threads: immutable.
 *
 * @param listen where the tracker port is: of 127/8
 * @param help whether only the usage was asked for
 * @param torrc arguments for the node
 */
public record GatewayOptions(InetSocketAddress listen, boolean help, List<String> torrc) {
  /** What to print for {@code --help}. */
  public static final String USAGE =
      """
      usage: tunic gateway (--torrc FILE | --demo DIR) [--data DIR] [option]… [--TorrcOption VALUE]…
        makes a BitTorrent client on this machine an anonymous peer; the process is a client and never relays

        --torrc FILE     the configuration of the network to join
        --demo DIR       join the network of tunic demo --data DIR
        --data DIR       keep what must be kept here (DataDirectory)
        --listen A:P     the tracker port, an address of 127/8 (default 127.0.0.1:6980)

      The client's tracker URL is then http://127.0.0.1:6980/announce/TOKEN/NAME.onion/PORT, with name and port of
      the tracker; or its HTTP proxy is http://tunic:TOKEN@127.0.0.1:6980. TOKEN is printed to a terminal, and stands
      in gateway/tracker-url in the DataDirectory. Switch DHT, PEX, local peer discovery, uTP and encryption off.
      """;

  private static final String DEFAULT_LISTEN = "127.0.0.1:6980";

  /** Copies the list. */
  public GatewayOptions {
    torrc = List.copyOf(torrc);
  }

  /**
   * Reads the arguments behind {@code gateway}.
   *
   * @param workingDirectory where relative paths begin
   * @throws ConfigException with one line for the user
   */
  public static GatewayOptions parse(List<String> arguments, Path workingDirectory)
      throws ConfigException {
    return new Parser(arguments, workingDirectory).parse();
  }

  /** Threads: one. */
  private static final class Parser {
    private final List<String> arguments;
    private final Path workingDirectory;
    private final List<String> torrc = new ArrayList<>();
    private String listen = DEFAULT_LISTEN;
    private Optional<Path> demo = Optional.empty();
    private Optional<Path> data = Optional.empty();
    private boolean help;
    private int at;

    Parser(List<String> arguments, Path workingDirectory) {
      this.arguments = arguments;
      this.workingDirectory = workingDirectory;
    }

    GatewayOptions parse() throws ConfigException {
      // The gateway is all that shall go into the overlay from here, unless somebody says
      // otherwise.
      torrc.addAll(List.of("--SocksPort", "0"));
      while (at < arguments.size()) {
        String option = arguments.get(at++);
        switch (option) {
          case "--help", "-h" -> help = true;
          case "--torrc" -> torrc.addAll(List.of("-f", value(option)));
          case "--demo" -> demo = Optional.of(path(option));
          case "--data" -> data = Optional.of(path(option));
          case "--listen" -> listen = value(option);
          default -> torrc.add(option);
        }
      }
      // The files of the demo's client say which network it is; its directories are not ours.
      demo.ifPresent(
          directory ->
              torrc.addAll(
                  List.of(
                      "-f",
                      directory.resolve("client").resolve("torrc").toString(),
                      "--Log",
                      "notice stdout")));
      data.or(() -> demo.map(directory -> directory.resolve("gateway")))
          .ifPresent(directory -> torrc.addAll(List.of("--DataDirectory", directory.toString())));
      return new GatewayOptions(address(listen), help, torrc);
    }

    private String value(String option) throws ConfigException {
      if (at >= arguments.size()) {
        throw new ConfigException(option + " needs a value; see tunic gateway --help");
      }
      return arguments.get(at++);
    }

    private Path path(String option) throws ConfigException {
      try {
        return workingDirectory.resolve(value(option)).normalize();
      } catch (InvalidPathException e) {
        throw new ConfigException(option + " takes the name of a directory");
      }
    }

    /** Nobody but programs of this machine may ask. */
    private static InetSocketAddress address(String text) throws ConfigException {
      int colon = text.lastIndexOf(':');
      Optional<InetAddress> address =
          colon > 0 ? IpLiteral.parseAddress(text.substring(0, colon)) : Optional.empty();
      try {
        int port = Integer.parseInt(text.substring(colon + 1));
        if (address.isPresent()
            && address.get() instanceof java.net.Inet4Address
            && address.get().isLoopbackAddress()
            && port >= 0
            && port <= 0xffff) {
          return new InetSocketAddress(address.get(), port);
        }
      } catch (NumberFormatException e) {
        // said below
      }
      throw new ConfigException(
          "--listen takes an address of 127/8 and a port, such as " + DEFAULT_LISTEN);
    }
  }
}
