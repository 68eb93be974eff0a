package org.tunic.daemon.tracker;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tunic.daemon.config.ConfigException;
import org.tunic.directory.policy.IpLiteral;
import org.tunic.tracker.request.AddressRules.Policy;
import org.tunic.tracker.request.AddressRules.Unsigned;

/**
 * What {@code tunic tracker} was asked for.
 *
 * <p>Threads: immutable.
 *
 * @param policy whose addresses are handed out
 * @param unsigned what is done with onion addresses that their owners did not sign for
 * @param interval between two announces of a peer
 * @param clearnetListen where it listens for TCP, too
 * @param keyDirectory of the onion address, as a HiddenServiceDir; empty: {@code tracker} in the
 *     DataDirectory
 * @param allowList file of the torrents to serve
 * @param blockList file of those not to serve
 * @param help whether only the usage was asked for
 * @param torrc arguments for the node
 */
public record TrackerOptions(
    Policy policy,
    Unsigned unsigned,
    Duration interval,
    Optional<InetSocketAddress> clearnetListen,
    Optional<Path> keyDirectory,
    Optional<Path> allowList,
    Optional<Path> blockList,
    boolean help,
    List<String> torrc) {
  /** What to print for {@code --help}. */
  public static final String USAGE =
      """
      usage: tunic tracker (--torrc FILE | --demo DIR) [option]… [--TorrcOption VALUE]…
        a BitTorrent tracker behind an onion address; the process is a client and never relays

        --torrc FILE             the configuration of the network to join
        --demo DIR               join the network of tunic demo --data DIR
        --clearnet-listen A:P    listen on a TCP port, too, such as 127.0.0.1:6969
        --peer-addresses WHICH   whose addresses other peers are told:
                                   onion            onion addresses only (default)
                                   clearnet-opt-in  also global ones that an announce comes from or names
                                   lan              also where a TCP connection comes from, whatever it is
        --unsigned-onions WHAT   onion addresses without their owner's signature: drop (default), or last
        --interval SECONDS       between two announces of a peer, 60 to 86400 (default 1800)
        --allow-list FILE        serve only the torrents of this list; SIGHUP reads it again
        --block-list FILE        serve none of this list
        --key-directory DIR      of the onion address (default: tracker in the DataDirectory)
      """;

  private static final int LEAST_INTERVAL = 60;
  private static final int MOST_INTERVAL = 86_400;

  /** Copies the list. */
  public TrackerOptions {
    torrc = List.copyOf(torrc);
  }

  /**
   * Reads the arguments behind {@code tracker}.
   *
   * @param workingDirectory where relative paths begin
   * @throws ConfigException with one line for the user
   */
  public static TrackerOptions parse(List<String> arguments, Path workingDirectory)
      throws ConfigException {
    return new Parser(arguments, workingDirectory).parse();
  }

  /** Threads: one. */
  private static final class Parser {
    private final List<String> arguments;
    private final Path workingDirectory;
    private final List<String> torrc = new ArrayList<>();
    private Policy policy = Policy.ONION;
    private Unsigned unsigned = Unsigned.DROP;
    private Duration interval = Duration.ofMinutes(30);
    private Optional<InetSocketAddress> listen = Optional.empty();
    private Optional<Path> keys = Optional.empty();
    private Optional<Path> allow = Optional.empty();
    private Optional<Path> block = Optional.empty();
    private boolean help;
    private int at;

    Parser(List<String> arguments, Path workingDirectory) {
      this.arguments = arguments;
      this.workingDirectory = workingDirectory;
    }

    TrackerOptions parse() throws ConfigException {
      // A tracker asks for nothing and nobody asks it for circuits.
      torrc.addAll(List.of("--SocksPort", "0"));
      while (at < arguments.size()) {
        String option = arguments.get(at++);
        switch (option) {
          case "--help", "-h" -> help = true;
          case "--torrc" -> torrc.addAll(List.of("-f", value(option)));
          case "--demo" -> demo(path(option));
          case "--clearnet-listen" -> listen = Optional.of(address(option));
          case "--peer-addresses" ->
              policy =
                  switch (value(option)) {
                    case "onion" -> Policy.ONION;
                    case "clearnet-opt-in" -> Policy.CLEARNET_OPT_IN;
                    case "lan" -> Policy.LAN;
                    default -> throw takes(option, "onion, clearnet-opt-in or lan");
                  };
          case "--unsigned-onions" ->
              unsigned =
                  switch (value(option)) {
                    case "drop" -> Unsigned.DROP;
                    case "last" -> Unsigned.LAST;
                    default -> throw takes(option, "drop or last");
                  };
          case "--interval" -> interval = interval(option);
          case "--allow-list" -> allow = Optional.of(path(option));
          case "--block-list" -> block = Optional.of(path(option));
          case "--key-directory" -> keys = Optional.of(path(option));
          default -> torrc.add(option);
        }
      }
      return new TrackerOptions(
          policy, unsigned, interval, listen, keys, allow, block, help, torrc);
    }

    /** The files of the demo's client say which network it is; its directories are not ours. */
    private void demo(Path directory) {
      torrc.addAll(
          List.of(
              "-f",
              directory.resolve("client").resolve("torrc").toString(),
              "--DataDirectory",
              directory.resolve("tracker").toString(),
              "--Log",
              "notice stdout"));
    }

    private String value(String option) throws ConfigException {
      if (at >= arguments.size()) {
        throw new ConfigException(option + " needs a value; see tunic tracker --help");
      }
      return arguments.get(at++);
    }

    private static ConfigException takes(String option, String what) {
      return new ConfigException(option + " takes " + what);
    }

    private Path path(String option) throws ConfigException {
      try {
        return workingDirectory.resolve(value(option)).normalize();
      } catch (java.nio.file.InvalidPathException e) {
        throw takes(option, "the name of a file or directory");
      }
    }

    private Duration interval(String option) throws ConfigException {
      try {
        int seconds = Integer.parseInt(value(option));
        if (seconds >= LEAST_INTERVAL && seconds <= MOST_INTERVAL) {
          return Duration.ofSeconds(seconds);
        }
      } catch (NumberFormatException e) {
        // said below
      }
      throw takes(option, "seconds, " + LEAST_INTERVAL + " to " + MOST_INTERVAL);
    }

    private InetSocketAddress address(String option) throws ConfigException {
      String text = value(option);
      int colon = text.lastIndexOf(':');
      if (colon > 0) {
        String host = text.substring(0, colon);
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        Optional<InetAddress> address =
            IpLiteral.parseAddress(bracketed ? host.substring(1, host.length() - 1) : host);
        try {
          int port = Integer.parseInt(text.substring(colon + 1));
          if (address.isPresent() && port >= 0 && port <= 0xffff) {
            return new InetSocketAddress(address.get(), port);
          }
        } catch (NumberFormatException e) {
          // said below
        }
      }
      throw takes(option, "an address and a port, such as 127.0.0.1:6969");
    }
  }
}
