package org.tunic.daemon.wiring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.InputStream;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.daemon.config.Config;
import org.tunic.daemon.config.ConfigException;
import org.tunic.daemon.config.ConfigLoader;
import org.tunic.directory.authority.flags.RelaySet;

/** What an authority's options mean for its votes. */
final class AuthorityRoleTest {
  private static Config config(String... lines) throws ConfigException {
    return ConfigLoader.parse(
            String.join("\n", lines),
            "torrc",
            new ConfigLoader.Environment(
                Path.of("/nonexistent"),
                Optional.of(Path.of("/home/op")),
                "op",
                InputStream.nullInputStream()))
        .config();
  }

  private static boolean names(RelaySet set, String nickname) throws Exception {
    return set.contains(
        RsaIdentity.fromHex("CD67CE9A5EC6FE643CDDA75DED5CDE8C4BBF249C"),
        nickname,
        InetAddress.ofLiteral("192.0.2.1"),
        9001);
  }

  @ParameterizedTest
  @CsvSource({
    "AuthDirVoteGuard,        0, true",
    "AuthDirVoteGuard,        1, false",
    "TestingDirAuthVoteGuard, 1, true"
  })
  void voteGuard_isTheOptionOfTheKindOfNetwork(String option, int testing, boolean votes)
      throws Exception {
    Config config =
        config(
            "TestingTorNetwork " + testing,
            "DirAuthority auth0 orport=20000 no-v2 v3ident=1AF745A0FB6B479FB630CAEEEEB57A3CE58D652E"
                + " 192.0.2.2:20001 CD67CE9A5EC6FE643CDDA75DED5CDE8C4BBF249C",
            "AuthoritativeDirectory 1",
            "V3AuthoritativeDirectory 1",
            "ContactInfo op",
            "Address 192.0.2.2",
            "ORPort 20000",
            "DirPort 20001",
            option + " favoured");
    RelaySet guards =
        AuthorityRole.flagSettings(config, config.authority().orElseThrow()).voteGuard();
    assertEquals(votes, names(guards, "favoured"));
    assertFalse(names(guards, "other"));
  }
}
