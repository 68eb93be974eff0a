package org.tunic.directory.authority;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.identity.RelayIds;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.CtorDocs;
import org.tunic.directory.authority.descriptors.ApprovedRouters;
import org.tunic.directory.authority.flags.FlagSettings;
import org.tunic.directory.authority.flags.RelaySet;
import org.tunic.directory.authority.voting.VotingSchedule.Timing;
import org.tunic.directory.linkspec.RelayAddress;

/** Configurations of an authority beside those of the recorded C tor network. */
public final class AuthorityConfigs {
  private AuthorityConfigs() {}

  /** A testing network that takes private addresses. */
  public static AuthorityConfig testing() {
    return with(true, true, ApprovedRouters.EMPTY);
  }

  public static AuthorityConfig with(
      boolean allowPrivate, boolean pinKeys, ApprovedRouters approved) {
    try {
      RelaySet all = RelaySet.parse("*");
      return new AuthorityConfig(
          "here",
          RelayIds.ofRsa(RsaIdentity.of(new byte[20])),
          "",
          RelayAddress.parse("127.0.0.1:20100").orElseThrow(),
          20101,
          CtorDocs.authorities(),
          true,
          allowPrivate,
          new Timing(Duration.ofSeconds(20), Duration.ofSeconds(4), Duration.ofSeconds(4)),
          2,
          new Timing(Duration.ofSeconds(10), Duration.ofSeconds(2), Duration.ofSeconds(2)),
          Duration.ZERO,
          FlagSettings.testing(all, all, all),
          Map.of(),
          0,
          null,
          null,
          AuthorityConfig.DEFAULT_MINIMAL_VERSION,
          pinKeys,
          true,
          true,
          false,
          OperatorFiles.of(approved));
    } catch (MalformedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A few identities for lists that must not be empty. */
  public static List<RsaIdentity> v3idents() {
    return CtorDocs.v3idents().stream().sorted().toList();
  }
}
