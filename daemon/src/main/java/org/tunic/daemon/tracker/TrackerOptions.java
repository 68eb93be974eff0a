package org.tunic.daemon.tracker;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tunic.daemon.config.ConfigException;
import org.tunic.daemon.config.ServiceArguments;
import org.tunic.tracker.redis.RedisAddress;
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
 * @param accounts file of the accounts to serve; empty: everybody
 * @param store where swarms are kept besides in memory
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
    Optional<Path> accounts,
    Optional<SharedStore> store,
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
        --accounts FILE          serve only who has a passkey of this list: on each line a name, a passkey of 32
                                 letters and digits, perhaps a last day such as 2027-01-31; announces go to
                                 /PASSKEY/announce. SIGHUP reads it again; what each account has moved stands in
                                 the file tracker-totals of the DataDirectory
        --store URL              share swarms with other trackers by a Redis on this host, and keep none on disk:
                                   redis://127.0.0.1:6379  redis-socket:///run/redis.sock
                                   redis-sentinel://127.0.0.1:26379,127.0.0.1:26380#master
                                   redis-cluster://127.0.0.1:7000,127.0.0.1:7001
                                   rediss, rediss-sentinel and rediss-cluster with TLS
        --store-password-file FILE  the password is its first line
        --store-certificates FILE   of the authorities that sign for the store (default: those of the JVM)
        --store-allow-remote     the store may be on another host; then with TLS and a password only
        --key-directory DIR      of the onion address (default: tracker in the DataDirectory)
      """;

  private static final int LEAST_INTERVAL = 60;
  private static final int MOST_INTERVAL = 86_400;

  /**
   * A Redis.
   *
   * @param allowRemote whether it may be on another host
   */
  public record SharedStore(
      RedisAddress address,
      Optional<Path> passwordFile,
      Optional<Path> certificates,
      boolean allowRemote) {}

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
    return new Parser(new ServiceArguments("tracker", arguments, workingDirectory)).parse();
  }

  /** Threads: one. */
  private static final class Parser {
    private final ServiceArguments arguments;
    private final List<String> torrc = new ArrayList<>();
    private Policy policy = Policy.ONION;
    private Unsigned unsigned = Unsigned.DROP;
    private Duration interval = Duration.ofMinutes(30);
    private Optional<InetSocketAddress> listen = Optional.empty();
    private Optional<Path> keys = Optional.empty();
    private Optional<Path> allow = Optional.empty();
    private Optional<Path> block = Optional.empty();
    private Optional<Path> accounts = Optional.empty();
    private Optional<RedisAddress> store = Optional.empty();
    private Optional<Path> storePassword = Optional.empty();
    private Optional<Path> storeCertificates = Optional.empty();
    private boolean storeAllowRemote;
    private boolean help;

    Parser(ServiceArguments arguments) {
      this.arguments = arguments;
    }

    TrackerOptions parse() throws ConfigException {
      // A tracker asks for nothing and nobody asks it for circuits.
      torrc.addAll(List.of("--SocksPort", "0"));
      while (arguments.hasNext()) {
        String option = arguments.next();
        switch (option) {
          case "--help", "-h" -> help = true;
          case "--torrc" -> torrc.addAll(List.of("-f", arguments.value(option)));
          case "--demo" -> demo(arguments.path(option));
          case "--clearnet-listen" ->
              listen = Optional.of(arguments.address(option, "127.0.0.1:6969"));
          case "--peer-addresses" ->
              policy =
                  switch (arguments.value(option)) {
                    case "onion" -> Policy.ONION;
                    case "clearnet-opt-in" -> Policy.CLEARNET_OPT_IN;
                    case "lan" -> Policy.LAN;
                    default ->
                        throw ServiceArguments.takes(option, "onion, clearnet-opt-in or lan");
                  };
          case "--unsigned-onions" ->
              unsigned =
                  switch (arguments.value(option)) {
                    case "drop" -> Unsigned.DROP;
                    case "last" -> Unsigned.LAST;
                    default -> throw ServiceArguments.takes(option, "drop or last");
                  };
          case "--interval" -> interval = interval(option);
          case "--allow-list" -> allow = Optional.of(arguments.path(option));
          case "--block-list" -> block = Optional.of(arguments.path(option));
          case "--store" -> store = Optional.of(store(option));
          case "--store-password-file" -> storePassword = Optional.of(arguments.path(option));
          case "--store-certificates" -> storeCertificates = Optional.of(arguments.path(option));
          case "--store-allow-remote" -> storeAllowRemote = true;
          case "--accounts" -> accounts = Optional.of(arguments.path(option));
          case "--key-directory" -> keys = Optional.of(arguments.path(option));
          default -> torrc.add(option);
        }
      }
      return new TrackerOptions(
          policy,
          unsigned,
          interval,
          listen,
          keys,
          allow,
          block,
          accounts,
          sharedStore(),
          help,
          torrc);
    }

    private void demo(Path directory) {
      torrc.addAll(ServiceArguments.ofDemo(directory, directory.resolve("tracker")));
    }

    private Optional<SharedStore> sharedStore() throws ConfigException {
      if (store.isEmpty()) {
        if (storePassword.isPresent() || storeCertificates.isPresent() || storeAllowRemote) {
          throw new ConfigException("--store-… says how to use a store; name it by --store");
        }
        return Optional.empty();
      }
      RedisAddress address = store.get();
      if (address.isRemote() && !storeAllowRemote) {
        throw new ConfigException(
            "--store names another host, which would learn who announces what; if it is to, add"
                + " --store-allow-remote");
      }
      if (address.isRemote() && (!address.isTls() || storePassword.isEmpty())) {
        throw new ConfigException(
            "a store on another host needs TLS (rediss://…) and --store-password-file");
      }
      return Optional.of(
          new SharedStore(address, storePassword, storeCertificates, storeAllowRemote));
    }

    private RedisAddress store(String option) throws ConfigException {
      Optional<RedisAddress> address = RedisAddress.parse(arguments.value(option));
      if (address.isEmpty()) {
        throw ServiceArguments.takes(
            option, "a URL with numeric addresses, such as redis://127.0.0.1:6379");
      }
      return address.get();
    }

    /** The files of the demo's client say which network it is; its directories are not ours. */
    private Duration interval(String option) throws ConfigException {
      try {
        int seconds = Integer.parseInt(arguments.value(option));
        if (seconds >= LEAST_INTERVAL && seconds <= MOST_INTERVAL) {
          return Duration.ofSeconds(seconds);
        }
      } catch (NumberFormatException e) {
        // said below
      }
      throw ServiceArguments.takes(option, "seconds, " + LEAST_INTERVAL + " to " + MOST_INTERVAL);
    }
  }
}
