package org.tunic.directory.authority;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.identity.RelayIds;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.authority.flags.FlagSettings;
import org.tunic.directory.authority.voting.VotingSchedule.Timing;
import org.tunic.directory.fetch.DirAuthority;
import org.tunic.directory.linkspec.RelayAddress;
import org.tunic.directory.protover.TorVersion;

/**
 * What an authority takes from its torrc.
 *
 * @param nickname Nickname
 * @param ids the identities of its own relay
 * @param contact ContactInfo, empty for none
 * @param orPort the published IPv4 address and OR port
 * @param dirPort the published directory port
 * @param authorities all DirAuthority lines with a {@code v3ident}, itself included
 * @param testing TestingTorNetwork
 * @param allowPrivateAddresses DirAllowPrivateAddresses
 * @param voting V3AuthVotingInterval, V3AuthVoteDelay, V3AuthDistDelay: what we vote for
 * @param intervalsValid V3AuthNIntervalsValid, at least 2
 * @param initial TestingV3AuthInitialVotingInterval and the initial delays: what holds without a
 *     consensus
 * @param startOffset TestingV3AuthVotingStartOffset
 * @param flags the options about flags
 * @param parameters ConsensusParams, already split; empty for none
 * @param maxServersPerAddress AuthDirMaxServersPerAddr, 0 for no limit
 * @param clientVersions RecommendedClientVersions as one comma-separated text; null if we do not
 *     say
 * @param serverVersions RecommendedServerVersions likewise
 * @param minimalVersion MinimalAcceptedServerVersion
 * @param pinKeys AuthDirPinKeys
 * @param sharedRandomness AuthDirSharedRandomness
 * @param testReachability AuthDirTestReachability; if not, every relay counts as running
 * @param ipv6Connectivity AuthDirHasIPv6Connectivity
 * @param operator what is said about single relays
 *     <p>Spec: tor(1), "DIRECTORY AUTHORITY SERVER OPTIONS". Threads: immutable.
 */
public record AuthorityConfig(
    String nickname,
    RelayIds ids,
    String contact,
    RelayAddress orPort,
    int dirPort,
    List<DirAuthority> authorities,
    boolean testing,
    boolean allowPrivateAddresses,
    Timing voting,
    int intervalsValid,
    Timing initial,
    Duration startOffset,
    FlagSettings flags,
    Map<String, Integer> parameters,
    int maxServersPerAddress,
    @Nullable String clientVersions,
    @Nullable String serverVersions,
    TorVersion minimalVersion,
    boolean pinKeys,
    boolean sharedRandomness,
    boolean testReachability,
    boolean ipv6Connectivity,
    OperatorFiles operator) {
  /** MinimalAcceptedServerVersion unless configured. */
  public static final TorVersion DEFAULT_MINIMAL_VERSION =
      TorVersion.parse("0.4.8.0-alpha-dev").orElseThrow();

  public AuthorityConfig {
    authorities = authorities.stream().filter(a -> a.v3().isPresent()).toList();
    parameters = Map.copyOf(parameters);
  }

  /** The identities of all voting authorities. */
  public Set<RsaIdentity> v3idents() {
    return authorities.stream()
        .flatMap(a -> a.v3().stream())
        .collect(Collectors.toUnmodifiableSet());
  }

  /** The authorities but ourselves, who are known by their relay identity. */
  public List<DirAuthority> others() {
    return authorities.stream().filter(a -> !a.fingerprint().equals(ids.rsa())).toList();
  }

  public Optional<DirAuthority> authority(RsaIdentity v3ident) {
    return authorities.stream().filter(a -> a.v3().equals(Optional.of(v3ident))).findFirst();
  }

  /** Whether a relay belongs to a configured authority. */
  public boolean isAuthority(RsaIdentity relay) {
    return authorities.stream().anyMatch(a -> a.fingerprint().equals(relay));
  }
}
