package org.tunic.daemon.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
  void testingDefaults_writtenOut_areDefaultsForCtorToo() throws Exception {
    // The full dump of a testing network makes C tor abort, hence the long way round.
    StringBuilder torrc = new StringBuilder("TestingTorNetwork 1\n" + Torrcs.DIR_AUTHORITY);
    OptionTable.load()
        .testingDefaults()
        .forEach((name, value) -> torrc.append(name).append(' ').append(value).append('\n'));
    Path file = Files.writeString(dir.resolve("torrc"), torrc);
    Files.writeString(dir.resolve("none"), "");
    Processes.Ended theirs =
        Processes.tor(
            dir,
            "--dump-config",
            "short",
            "-f",
            file.toString(),
            "--defaults-torrc",
            dir.resolve("none").toString());
    assertEquals(0, theirs.status(), theirs.output());
    assertEquals(Torrcs.DIR_AUTHORITY + "TestingTorNetwork 1\n", theirs.output());
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
            ExcludeNodes first,192.0.2.0/24
            excludenodes second
            HiddenServiceDir /b
            HiddenServicePort 80
            HiddenServiceDir /a
            HiddenServicePort 81
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
    assertTrue(theirs.output().lines().count() > 200, theirs.output());
    assertEquals(theirs.output(), ours.config().values().dump(true));
  }
}
