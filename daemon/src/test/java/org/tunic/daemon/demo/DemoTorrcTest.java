package org.tunic.daemon.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tunic.daemon.config.Config;
import org.tunic.daemon.config.ConfigException;
import org.tunic.daemon.config.ConfigLoader;
import org.tunic.daemon.demo.DemoNode.Role;

/** What the demo writes, read by the daemon's own reader. */
final class DemoTorrcTest {
  private static final List<String> AUTHORITIES =
      List.of(
          "auth0 orport=17000 no-v2 v3ident=1AF745A0FB6B479FB630CAEEEEB57A3CE58D652E"
              + " 127.0.0.1:17001 CD67CE9A5EC6FE643CDDA75DED5CDE8C4BBF249C");

  private static ConfigLoader.Loaded load(Role role, String home, int votingOffset)
      throws ConfigException {
    DemoNode node = new DemoNode("node", role, 17000, Path.of(home));
    ConfigLoader.Environment environment =
        new ConfigLoader.Environment(
            Path.of("/"), Optional.empty(), "op", InputStream.nullInputStream());
    return ConfigLoader.parse(
        DemoTorrc.of(node, AUTHORITIES, votingOffset, 17100), "torrc", environment);
  }

  @ParameterizedTest
  @EnumSource(Role.class)
  void of_everyRole_isTakenWithoutAComplaintOfOurs(Role role) throws Exception {
    List<String> warnings =
        load(role, "/tmp/x", 0).warnings().stream()
            .filter(warning -> !warning.contains("V3AuthVotingInterval is very short"))
            .filter(warning -> !warning.contains("use it for networks of your own"))
            .toList();
    assertEquals(List.of(), warnings);
  }

  @Test
  void of_roles_areWhatTheyAreCalled() throws Exception {
    Config authority = load(Role.AUTHORITY, "/tmp/x", 7).config();
    assertEquals(
        Duration.ofSeconds(7), authority.authority().orElseThrow().schedule().startOffset());
    assertEquals(
        Duration.ofSeconds(DemoTorrc.VOTING_INTERVAL_SECONDS),
        authority.authority().orElseThrow().schedule().interval());
    assertTrue(load(Role.EXIT, "/tmp/x", 0).config().relay().orElseThrow().exit().isWanted());
    Config middle = load(Role.MIDDLE, "/tmp/x", 0).config();
    assertEquals(List.of("reject *:*"), middle.relay().orElseThrow().exit().policy());
    assertTrue(middle.client().socksPorts().isEmpty());
    Config client = load(Role.CLIENT, "/tmp/x", 0).config();
    assertTrue(client.relay().isEmpty());
    assertEquals(17003, client.client().socksPorts().getFirst().address().getPort());
    assertFalse(client.network().authorities().isEmpty());
    Config host = load(Role.HOST, "/tmp/x", 0).config();
    assertEquals(Path.of("/tmp/x/onion"), host.onions().services().getFirst().directory());
    assertFalse(host.client().servesApplications());
  }

  @Test
  void of_directoryWithStrangeName_isQuoted() throws Exception {
    String home = "/tmp/a b #\"c\\d";
    assertEquals(Path.of(home, "data"), load(Role.MIDDLE, home, 0).config().directories().data());
  }
}
