package org.tunic.daemon.wiring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.tunic.daemon.config.Config;
import org.tunic.daemon.config.ConfigException;
import org.tunic.daemon.config.ConfigLoader;

final class RestartTest {
  private static final List<String> JAVA = List.of("/java", "-jar", "tunic.jar", "-f", "torrc");

  private static Config config(String torrc) throws ConfigException {
    return ConfigLoader.parse(
            RunningDaemon.NETWORK + "DataDirectory /nowhere\n" + torrc,
            "torrc",
            new ConfigLoader.Environment(
                Path.of("/"), Optional.empty(), "root", InputStream.nullInputStream()))
        .config();
  }

  private static Optional<List<String>> command(String torrc, String user) throws ConfigException {
    return Restart.command(config(torrc), user, JAVA);
  }

  @Test
  void command_forTheSameUser_isNone() throws Exception {
    assertEquals(Optional.empty(), command("", "root"));
    assertEquals(Optional.empty(), command("User alice", "alice"));
    assertEquals(Optional.empty(), command("User root", "root"));
  }

  @Test
  void command_forAnotherUser_dropsEverythingElse() throws Exception {
    List<String> command = command("User nobody", "root").orElseThrow();
    assertTrue(command.contains("--reuid=nobody"), command::toString);
    assertTrue(command.contains("--init-groups"), command::toString);
    assertTrue(command.contains("--ambient-caps=-all"), command::toString);
    assertEquals(JAVA, command.subList(command.indexOf("--") + 1, command.size()));
  }

  @Test
  void command_withALowPort_keepsTheRightToOpenIt_unlessToldNot() throws Exception {
    String low = "User nobody\nORPort 443\nAddress 192.0.2.1\n";
    String kept = "--ambient-caps=-all,+net_bind_service";
    assertTrue(command(low, "root").orElseThrow().contains(kept));
    assertTrue(!command(low + "KeepBindCapabilities 0\n", "root").orElseThrow().contains(kept));
    assertTrue(
        command("User nobody\nKeepBindCapabilities 1\n", "root").orElseThrow().contains(kept));
  }

  @Test
  void command_fromAUserToAnother_isRefused() {
    ConfigException e = assertThrows(ConfigException.class, () -> command("User bob", "alice"));
    assertTrue(e.getMessage().contains("only root may become"), e.getMessage());
  }

  @Test
  void command_forAUserThatIsMissing_isRefused() {
    ConfigException e =
        assertThrows(ConfigException.class, () -> command("User no-such-user", "root"));
    assertTrue(e.getMessage().contains("was not found"), e.getMessage());
  }

  @Test
  void command_forTheBackground_goesThereOnce() throws Exception {
    List<String> command = command("RunAsDaemon 1", "root").orElseThrow();
    assertEquals("/bin/sh", command.getFirst());
    assertEquals(
        List.of("--RunAsDaemon", "0"), command.subList(command.size() - 2, command.size()));
  }
}
