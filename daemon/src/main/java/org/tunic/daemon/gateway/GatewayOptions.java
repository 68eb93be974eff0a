package org.tunic.daemon.gateway;

import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tunic.daemon.config.ConfigException;
import org.tunic.daemon.config.ServiceArguments;

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
    return new Parser(new ServiceArguments("gateway", arguments, workingDirectory)).parse();
  }

  /** Threads: one. */
  private static final class Parser {
    private final ServiceArguments arguments;
    private final List<String> torrc = new ArrayList<>();
    private String listen = DEFAULT_LISTEN;
    private Optional<Path> demo = Optional.empty();
    private Optional<Path> data = Optional.empty();
    private boolean help;

    Parser(ServiceArguments arguments) {
      this.arguments = arguments;
    }

    GatewayOptions parse() throws ConfigException {
      // The gateway is all that shall go into the overlay from here, unless somebody says
      // otherwise.
      torrc.addAll(List.of("--SocksPort", "0"));
      while (arguments.hasNext()) {
        String option = arguments.next();
        switch (option) {
          case "--help", "-h" -> help = true;
          case "--torrc" -> torrc.addAll(List.of("-f", arguments.value(option)));
          case "--demo" -> demo = Optional.of(arguments.path(option));
          case "--data" -> data = Optional.of(arguments.path(option));
          case "--listen" -> listen = arguments.value(option);
          default -> torrc.add(option);
        }
      }
      if (demo.isPresent()) {
        Path directory = demo.get();
        torrc.addAll(ServiceArguments.ofDemo(directory, data.orElse(directory.resolve("gateway"))));
      } else {
        data.ifPresent(directory -> torrc.addAll(List.of("--DataDirectory", directory.toString())));
      }
      return new GatewayOptions(address(listen), help, torrc);
    }

    /** Nobody but programs of this machine may ask. */
    private static InetSocketAddress address(String text) throws ConfigException {
      Optional<InetSocketAddress> address =
          ServiceArguments.address(text)
              .filter(
                  numeric ->
                      numeric.getAddress() instanceof Inet4Address
                          && numeric.getAddress().isLoopbackAddress());
      return address.orElseThrow(
          () ->
              ServiceArguments.takes(
                  "--listen", "an address of 127/8 and a port, such as " + DEFAULT_LISTEN));
    }
  }
}
