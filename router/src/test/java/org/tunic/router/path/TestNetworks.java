package org.tunic.router.path;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.identity.RelayIds;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.crypto.key.NtorPublicKey;
import org.tunic.directory.doc.consensus.Lifetime;
import org.tunic.directory.doc.consensus.RelayFlag;
import org.tunic.directory.doc.consensus.SharedRandom;
import org.tunic.directory.doc.microdescriptor.RelayFamily;
import org.tunic.directory.policy.PolicySummary;
import org.tunic.directory.policy.PolicySyntaxException;
import org.tunic.directory.protover.ProtocolVersions;
import org.tunic.directory.view.BandwidthWeights;
import org.tunic.directory.view.ConsensusParameters;
import org.tunic.directory.view.DirInfo;
import org.tunic.directory.view.NetworkView;
import org.tunic.directory.view.Relay;

/**
 * Networks made up for tests.
 *
 * <p>Threads: any, because it has no state.
 */
public final class TestNetworks {
  /** From when the made-up consensuses hold; for three hours. */
  public static final Instant VALID_AFTER = Instant.parse("2026-11-22T12:00:00Z");

  /** The weights of a network short of exits, all different and none zero. */
  public static final Map<String, Integer> WEIGHTS =
      Map.ofEntries(
          Map.entry("Wgg", 6000),
          Map.entry("Wgm", 6000),
          Map.entry("Wgd", 2500),
          Map.entry("Wmg", 4000),
          Map.entry("Wmm", 10000),
          Map.entry("Wme", 500),
          Map.entry("Wmd", 1500),
          Map.entry("Weg", 1000),
          Map.entry("Wem", 7000),
          Map.entry("Wee", 9500),
          Map.entry("Wed", 6000),
          Map.entry("Wgb", 10000),
          Map.entry("Wmb", 10000),
          Map.entry("Web", 10000),
          Map.entry("Wdb", 10000));

  private TestNetworks() {}

  /** One relay to be; every field may be set. */
  public static final class Draft {
    public String nickname;
    public RsaIdentity identity;
    public List<InetSocketAddress> orPorts;
    public Set<RelayFlag> flags =
        EnumSet.of(RelayFlag.RUNNING, RelayFlag.VALID, RelayFlag.FAST, RelayFlag.STABLE);
    public long bandwidth = 1000;
    public PolicySummary policy = PolicySummary.REJECT_ALL;
    public PolicySummary policy6 = PolicySummary.REJECT_ALL;
    public RelayFamily family = RelayFamily.NONE;

    Draft(int number) {
      nickname = "relay" + number;
      identity = identity(number);
      orPorts = List.of(address(10, number / 250, number % 250, 1));
    }

    /** Adds flags. */
    public Draft with(RelayFlag... added) {
      flags.addAll(List.of(added));
      return this;
    }

    /** Makes it a possible guard. */
    public Draft guard() {
      return with(RelayFlag.GUARD, RelayFlag.V2DIR);
    }

    /** Makes it an exit for these ports, {@code accept …} or {@code reject …}. */
    public Draft exit(String ports) {
      policy = summary(ports);
      return with(RelayFlag.EXIT);
    }

    Relay relay() {
      return new Relay(
          nickname,
          RelayIds.ofRsa(identity),
          new NtorPublicKey(Bytes.copyOf(new byte[32])),
          orPorts,
          null,
          flags,
          bandwidth,
          ProtocolVersions.of("Relay=2-4"),
          policy,
          policy6,
          family,
          null);
    }
  }

  /** The identity of relay {@code number}: its number in the last bytes. */
  public static RsaIdentity identity(int number) {
    byte[] bytes = new byte[RsaIdentity.LENGTH];
    bytes[0] = (byte) (number * 37);
    bytes[18] = (byte) (number >> 8);
    bytes[19] = (byte) number;
    return RsaIdentity.of(bytes);
  }

  static InetSocketAddress address(int a, int b, int c, int d) {
    return address(new byte[] {(byte) a, (byte) b, (byte) c, (byte) d});
  }

  static InetSocketAddress address(byte[] raw) {
    try {
      return new InetSocketAddress(InetAddress.getByAddress(raw), 9001);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e);
    }
  }

  static PolicySummary summary(String ports) {
    try {
      return PolicySummary.parse(ports);
    } catch (PolicySyntaxException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /**
   * Drafts of {@code n} relays without Guard or Exit, each in a /16 of its own up to 250 of them.
   */
  public static List<Draft> drafts(int n) {
    List<Draft> drafts = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      Draft draft = new Draft(i);
      draft.orPorts = List.of(address(20 + i / 250, i % 250, 0, 1));
      drafts.add(draft);
    }
    return drafts;
  }

  /** A view of the drafts with {@link #WEIGHTS}. */
  public static NetworkView view(List<Draft> drafts) {
    return view(drafts, WEIGHTS, Map.of());
  }

  /** A view of the drafts that holds every microdescriptor. */
  public static NetworkView view(
      List<Draft> drafts, Map<String, Integer> weights, Map<String, Integer> params) {
    DirInfo all = new DirInfo(drafts.size(), drafts.size(), 1, 1, 1, 0.6, true);
    return view(drafts, weights, params, all);
  }

  /** A view of the drafts that may lack microdescriptors. */
  public static NetworkView view(List<Draft> drafts, DirInfo known) {
    return view(drafts, WEIGHTS, Map.of(), known);
  }

  private static NetworkView view(
      List<Draft> drafts,
      Map<String, Integer> weights,
      Map<String, Integer> params,
      DirInfo known) {
    List<Relay> relays =
        drafts.stream()
            .map(Draft::relay)
            .sorted(Comparator.comparing((Relay relay) -> relay.ids().rsa()))
            .toList();
    return new NetworkView(
        new Lifetime(
            VALID_AFTER,
            VALID_AFTER.plus(Duration.ofHours(1)),
            VALID_AFTER.plus(Duration.ofHours(3))),
        new ConsensusParameters(params),
        new BandwidthWeights(weights, BandwidthWeights.DEFAULT_SCALE),
        SharedRandom.NONE,
        relays,
        known);
  }

  /**
   * A network of {@code n} relays with everything mixed: bandwidths over four orders of magnitude,
   * flags, exit policies, subnets in common, families declared by one side or both, family ids.
   */
  public static List<Draft> mixed(int n, RandomGenerator random) {
    String[] policies = {
      "accept 1-65535", "accept 80,443", "reject 25,119,445", "accept 22,6667", "accept 443"
    };
    List<Draft> drafts = new ArrayList<>();
    Map<Integer, List<Integer>> operators = new HashMap<>();
    for (int i = 0; i < n; i++) {
      Draft draft = new Draft(i);
      draft.bandwidth = Math.round(Math.exp(random.nextDouble() * 9));
      List<InetSocketAddress> orPorts = new ArrayList<>();
      orPorts.add(address(30, random.nextInt(1 + n / 3), random.nextInt(256), 1 + i % 250));
      if (random.nextInt(3) == 0) {
        byte[] ipv6 = new byte[16];
        ipv6[0] = 0x2a;
        ipv6[3] = (byte) random.nextInt(40);
        ipv6[15] = 1;
        orPorts.add(address(ipv6));
      }
      draft.orPorts = orPorts;
      draft.flags.clear();
      draft.with(RelayFlag.RUNNING, RelayFlag.VALID);
      addUnlikely(draft, RelayFlag.FAST, 8, random);
      addUnlikely(draft, RelayFlag.STABLE, 5, random);
      addUnlikely(draft, RelayFlag.V2DIR, 10, random);
      if (random.nextInt(2) == 0) {
        draft.with(RelayFlag.GUARD);
      }
      if (random.nextInt(3) == 0) {
        draft.exit(policies[random.nextInt(policies.length)]);
        draft.policy6 = random.nextBoolean() ? draft.policy : PolicySummary.REJECT_ALL;
        if (random.nextInt(12) == 0) {
          draft.flags.remove(RelayFlag.EXIT);
        }
        if (random.nextInt(15) == 0) {
          draft.with(RelayFlag.BAD_EXIT);
        }
      }
      operators.computeIfAbsent(random.nextInt(n), _ -> new ArrayList<>()).add(i);
      drafts.add(draft);
    }
    operators.forEach((operator, members) -> declare(operator, members, drafts, random));
    return drafts;
  }

  private static void addUnlikely(Draft draft, RelayFlag flag, int oneIn, RandomGenerator random) {
    if (random.nextInt(oneIn) != 0) {
      draft.with(flag);
    }
  }

  private static void declare(
      int operator, List<Integer> members, List<Draft> drafts, RandomGenerator random) {
    for (int member : members) {
      List<String> declared = new ArrayList<>();
      for (int other : members) {
        if (random.nextInt(6) != 0) { // now and then one side forgets
          Draft draft = drafts.get(other);
          declared.add(random.nextInt(5) == 0 ? draft.nickname : "$" + draft.identity.hex());
        }
      }
      List<String> ids =
          random.nextInt(3) == 0 ? List.of("ed25519:operator" + operator) : List.of();
      drafts.get(member).family = RelayFamily.of(declared, ids);
    }
  }
}
