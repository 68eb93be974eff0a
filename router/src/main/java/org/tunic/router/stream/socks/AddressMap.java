package org.tunic.router.stream.socks;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.tunic.directory.policy.IpLiteral;

/**
 * Hosts that stand for other hosts: those of MapAddress, and virtual addresses handed out for names
 * (AutomapHostsOnResolve).
 *
 * <p>As in C tor a host is looked up whole first, then by ever shorter domains that a rule has a
 * {@code *.} for, and what comes of it is looked up again, {@value #MAX_REWRITES} times at most. A
 * rule {@code *.a b} also takes {@code a} itself. Rules are asked before virtual addresses are, and
 * not again afterwards.
 *
 * <p>Spec: address-spec. Threads: any; {@link #use} replaces a snapshot, the table of virtual
 * addresses is guarded by this.
 */
public final class AddressMap {
  /** Rewrites of one host; then it is taken as it is. */
  public static final int MAX_REWRITES = 16;

  /** Virtual addresses remembered; the one not used for longest makes room. */
  public static final int MAX_AUTOMAPPED = 65_536;

  /** Addresses drawn before a network counts as full. */
  private static final int MAX_DRAWS = 1000;

  private static final String VIRTUAL_SUFFIX = ".virtual";

  /**
   * One MapAddress line.
   *
   * @param from lower-case host, without its {@code *.}
   * @param fromWildcard whether all hosts below {@code from} are meant too
   * @param to lower-case host, without its {@code *.}
   * @param toWildcard whether what stands before {@code from} is kept; only with {@code
   *     fromWildcard}
   */
  public record Rule(String from, boolean fromWildcard, String to, boolean toWildcard) {}

  /**
   * What a configuration says.
   *
   * @param rules of several for one host the last counts; one from a host to itself removes those
   *     before it
   * @param automap AutomapHostsOnResolve
   * @param suffixes AutomapHostsSuffixes, with their dots; a single dot means every name
   * @param ipv4 VirtualAddrNetworkIPv4
   * @param ipv6 VirtualAddrNetworkIPv6
   */
  public record Settings(
      List<Rule> rules,
      boolean automap,
      List<String> suffixes,
      VirtualNetwork ipv4,
      VirtualNetwork ipv6) {
    /** No rules, no automapping. */
    public static final Settings DEFAULT =
        new Settings(List.of(), false, List.of(), VirtualNetwork.IPV4, VirtualNetwork.IPV6);

    /** Copies the lists. */
    public Settings {
      rules = List.copyOf(rules);
      suffixes = List.copyOf(suffixes);
    }
  }

  private record Snapshot(Settings settings, Map<String, Rule> rules) {
    static Snapshot of(Settings settings) {
      Map<String, Rule> rules = new HashMap<>();
      for (Rule rule : settings.rules()) {
        if (rule.from().equals(rule.to()) && rule.fromWildcard() == rule.toWildcard()) {
          rules.remove(rule.from());
        } else {
          rules.put(rule.from(), rule);
        }
      }
      return new Snapshot(settings, Map.copyOf(rules));
    }
  }

  /** A name, and the family of the address that stands for it. */
  private record Automapped(String name, boolean ipv6) {}

  private final RandomGenerator random;
  private volatile Snapshot snapshot;

  /** By the text of the virtual address, the one used last at the end. */
  private final LinkedHashMap<String, Automapped> names = new LinkedHashMap<>(16, 0.75f, true);

  private final Map<Automapped, InetAddress> addresses = new HashMap<>();

  /**
   * @param random draws virtual addresses; used by one thread at a time
   */
  public AddressMap(Settings settings, RandomGenerator random) {
    this.snapshot = Snapshot.of(settings);
    this.random = random;
  }

  /** Other rules from now on; virtual addresses that they would not hand out are forgotten. */
  public synchronized void use(Settings settings) {
    snapshot = Snapshot.of(settings);
    addresses
        .entrySet()
        .removeIf(
            entry -> {
              boolean gone = !shouldAutomap(entry.getKey().name()) || !isVirtual(entry.getValue());
              if (gone) {
                names.remove(IpLiteral.format(entry.getValue()));
              }
              return gone;
            });
  }

  /** What the rules make of a host: the host itself if none is about it. */
  public String rewrite(String host) {
    Map<String, Rule> rules = snapshot.rules();
    String now = host;
    for (int i = 0; i < MAX_REWRITES && !rules.isEmpty(); i++) {
      Optional<String> next = step(rules, now);
      if (next.isEmpty()) {
        return now;
      }
      now = next.get();
    }
    return now;
  }

  private static Optional<String> step(Map<String, Rule> rules, String host) {
    Rule exact = rules.get(host);
    if (exact != null) {
      // "*.example.com example.com" leaves example.com as it is.
      boolean itself = exact.fromWildcard() && !exact.toWildcard() && host.equals(exact.to());
      return itself ? Optional.empty() : Optional.of(exact.to());
    }
    for (int dot = host.indexOf('.'); dot >= 0; dot = host.indexOf('.', dot + 1)) {
      Rule above = rules.get(host.substring(dot + 1));
      if (above != null && above.fromWildcard()) {
        return Optional.of(
            above.toWildcard() ? host.substring(0, dot) + "." + above.to() : above.to());
      }
    }
    return Optional.empty();
  }

  /** Whether something stands for this very host: then it is no address somebody looked up. */
  public synchronized boolean knows(String host) {
    return snapshot.rules().containsKey(host) || names.containsKey(host);
  }

  /** Whether a look-up of this name is answered with a virtual address. */
  public boolean shouldAutomap(String name) {
    Settings settings = snapshot.settings();
    return settings.automap()
        && settings.suffixes().stream()
            .anyMatch(suffix -> suffix.equals(".") || name.endsWith(suffix));
  }

  /**
   * The virtual address for a name, the same every time.
   *
   * @return empty if the network is full
   */
  public synchronized Optional<InetAddress> automap(String name, boolean ipv6) {
    Automapped key = new Automapped(name, ipv6);
    @Nullable InetAddress known = addresses.get(key);
    if (known != null) {
      names.get(IpLiteral.format(known)); // it was used
      return Optional.of(known);
    }
    Settings settings = snapshot.settings();
    VirtualNetwork network = ipv6 ? settings.ipv6() : settings.ipv4();
    for (int draw = 0; draw < MAX_DRAWS; draw++) {
      InetAddress address = network.choose(random);
      String text = IpLiteral.format(address);
      if (!names.containsKey(text) && !snapshot.rules().containsKey(text)) {
        makeRoom();
        names.put(text, key);
        addresses.put(key, address);
        return Optional.of(address);
      }
    }
    return Optional.empty();
  }

  private void makeRoom() {
    if (names.size() >= MAX_AUTOMAPPED) {
      String oldest = names.sequencedKeySet().getFirst();
      addresses.remove(names.remove(oldest));
    }
  }

  /** The name that a virtual address stands for; empty if it was never handed out or forgotten. */
  public synchronized Optional<String> nameOf(InetAddress address) {
    return Optional.ofNullable(names.get(IpLiteral.format(address))).map(Automapped::name);
  }

  /** Whether an address belongs to the virtual networks: it must not reach an exit. */
  public boolean isVirtual(InetAddress address) {
    Settings settings = snapshot.settings();
    return settings.ipv4().contains(address) || settings.ipv6().contains(address);
  }

  /** Whether a name is one of those that C tor hands out for names. */
  static boolean isVirtual(String name) {
    return name.endsWith(VIRTUAL_SUFFIX);
  }

  /** For tests: virtual addresses remembered. */
  synchronized int automapped() {
    return names.size();
  }
}
