package org.tunic.daemon.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tunic.daemon.wiring.Processes;

/** Our option table against the installed C tor. */
final class CTorOptionsIT {
  @TempDir Path dir;

  @Test
  void names_all_areThoseOfCtorInItsOrder() throws Exception {
    List<String> theirs =
        Processes.tor(dir, "--list-torrc-options")
            .output()
            .lines()
            .filter(line -> !line.contains(" "))
            .toList();
    assertEquals(String.join("\n", theirs), String.join("\n", TorrcOptions.names()));
  }

  @Test
  void defaults_dumpedInFull_areThoseOfCtor() throws Exception {
    Files.writeString(dir.resolve("torrc"), "DataDirectory " + dir + "\n");
    assertSameDump("torrc");
  }

  @Test
  void testingDefaults_dumpedInFull_areThoseOfCtor() throws Exception {
    Files.writeString(
        dir.resolve("torrc"),
        "DataDirectory " + dir + "\nTestingTorNetwork 1\n" + Torrcs.DIR_AUTHORITY);
    assertSameDump("torrc");
  }

  @Test
  void values_ofEveryKind_areReadAlike() throws Exception {
    Files.writeString(
        dir.resolve("torrc"),
        "DataDirectory "
            + dir
            + "\n"
            + """
            SocksPort 9150 IsolateDestAddr \\
              # in between
              NoIPv6Traffic
            +SocksPort 9151
            ContactInfo "J\\303\\266rg # \\"x\\"" # comment
            nickname relay0
            MaxAdvertisedBandwidth 1.5 MBits
            ShutdownWaitLength 1.5 minutes
            LogTimeGranularity 100 msec
            PathsNeededToBuildCircuits 0.67
            ExitPolicy accept *:80,reject *:*
            ORPort 127.0.0.1:9001
            AssumeReachable 1
            NumCPU 3
            WarnPlaintextPorts 23, 25
            RefuseUnknownExits AUTO
            HiddenServiceDir /a
            HiddenServicePort 80
            """);
    assertSameDump("torrc");
  }

  /**
   * Theirs may say how the build was configured; every option we know must be there with its value.
   */
  private void assertSameDump(String torrc) throws Exception {
    String path = dir.resolve(torrc).toString();
    Files.writeString(dir.resolve("none"), "");
    String none = dir.resolve("none").toString();
    Processes.Ended theirs =
        Processes.tor(dir, "--dump-config", "full", "-f", path, "--defaults-torrc", none);
    assertEquals(0, theirs.status(), theirs.output());
    ConfigLoader.Loaded ours =
        ConfigLoader.load(
            CommandLine.parse(List.of("-f", path, "--defaults-torrc", none)), Torrcs.ENVIRONMENT);
    Map<String, List<String>> expected = byName(theirs.output());
    Map<String, List<String>> actual = byName(ours.config().values().dump(true));
    assertTrue(expected.size() > 200, theirs.output());
    assertEquals(render(expected), render(actual));
  }

  private static Map<String, List<String>> byName(String dump) {
    Map<String, List<String>> byName = new TreeMap<>();
    dump.lines()
        .forEach(
            line ->
                byName.computeIfAbsent(line.split(" ", 2)[0], name -> new ArrayList<>()).add(line));
    return byName;
  }

  private static String render(Map<String, List<String>> byName) {
    StringBuilder text = new StringBuilder();
    byName.forEach((name, lines) -> text.append(String.join("\n", lines)).append('\n'));
    return text.toString();
  }
}
