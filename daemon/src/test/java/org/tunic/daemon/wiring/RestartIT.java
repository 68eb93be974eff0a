package org.tunic.daemon.wiring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code User} and {@code RunAsDaemon}, as the system sees them. Needs root. */
final class RestartIT {
  private static final String USER = "nobody";
  private static final long LIMIT_MILLIS = 60_000;

  private Path dir;
  private Optional<ProcessHandle> daemon = Optional.empty();

  @BeforeEach
  void openDirectory() throws Exception {
    if (!System.getProperty("user.name").equals("root")) {
      if ("true".equals(System.getenv("CI"))) {
        throw new AssertionError("only root may become another user");
      }
      Assumptions.abort("only root may become another user");
    }
    dir = Files.createTempDirectory("restart");
    Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwxrwxrwx"));
  }

  @AfterEach
  void endDaemon() {
    daemon.ifPresent(ProcessHandle::destroyForcibly);
  }

  private Path torrc(String... lines) throws Exception {
    Path torrc = dir.resolve("torrc");
    Files.writeString(
        torrc,
        RunningDaemon.NETWORK
            + "DataDirectory "
            + dir.resolve("data")
            + "\nPidFile "
            + dir.resolve("pid")
            + "\nLog notice file "
            + dir.resolve("log")
            + "\nSocksPort 127.0.0.1:auto\n"
            + String.join("\n", lines)
            + "\n");
    return torrc;
  }

  /** The value of a line of /proc/PID/status. */
  private static String status(long pid, String key) throws Exception {
    return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
        .filter(line -> line.startsWith(key + ":"))
        .map(line -> line.substring(key.length() + 1).strip())
        .findFirst()
        .orElseThrow();
  }

  private long awaitPid(Process started) throws Exception {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LIMIT_MILLIS);
    Path log = dir.resolve("log");
    while (!Files.exists(log) || !Files.readString(log).contains("Bootstrapped 0%")) {
      assertTrue(System.nanoTime() - end < 0, () -> "does not start: see " + dir);
      assertTrue(started.isAlive() || started.exitValue() == 0, () -> "ended at once: see " + dir);
      TimeUnit.MILLISECONDS.sleep(50);
    }
    long pid = Long.parseLong(Files.readString(dir.resolve("pid")).strip());
    daemon = ProcessHandle.of(pid);
    return pid;
  }

  /** Starts a copy of the built program, which another user may read wherever the build stands. */
  private Process start(Path torrc) throws Exception {
    Path built = Path.of("target").toAbsolutePath();
    Path program = dir.resolve("program");
    Processes.Ended copied =
        Processes.run(
            dir,
            List.of(
                "sh",
                "-c",
                "mkdir program && cp -r '%1$s/tunic.jar' '%1$s/lib' program && chmod -R a+rX program"
                    .formatted(built)));
    assertEquals(0, copied.status(), copied.output());
    List<String> command = new ArrayList<>(Processes.java());
    command.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "-jar",
            program.resolve("tunic.jar").toString(),
            "-f",
            torrc.toString(),
            "--defaults-torrc",
            torrc + ".none"));
    Process process =
        new ProcessBuilder(command)
            .directory(dir.toFile())
            .redirectErrorStream(true)
            .redirectOutput(dir.resolve("output").toFile())
            .start();
    daemon = Optional.of(process.toHandle());
    return process;
  }

  @Test
  void user_isBecomeForGood_underTheSameProcessId() throws Exception {
    Process process = start(torrc("User " + USER, "KeepBindCapabilities 1"));
    long pid = awaitPid(process);
    assertEquals(process.pid(), pid);
    List<String> ids = List.of(status(pid, "Uid").split("\\s+"));
    assertFalse(ids.contains("0"), ids::toString);
    assertFalse(List.of(status(pid, "Gid").split("\\s+")).contains("0"));
    // CAP_NET_BIND_SERVICE is number 10, and the only one left.
    assertEquals(1L << 10, Long.parseLong(status(pid, "CapEff"), 16));
    assertEquals(USER, Files.getOwner(dir.resolve("data")).getName());
  }

  @Test
  void runAsDaemon_returnsAndGoesOnWithoutATerminal() throws Exception {
    Process process = start(torrc("RunAsDaemon 1"));
    assertTrue(process.waitFor(LIMIT_MILLIS, TimeUnit.MILLISECONDS), "still in the foreground");
    assertEquals(0, process.exitValue());
    long pid = awaitPid(process);
    assertEquals(Path.of("/dev/null"), Files.readSymbolicLink(Path.of("/proc/" + pid + "/fd/0")));
    assertEquals("" + pid, Files.readString(Path.of("/proc/" + pid + "/stat")).split(" ")[5]);
    Processes.run(dir, List.of("kill", "-TERM", "" + pid));
    assertTrue(
        ProcessHandle.of(pid).isEmpty()
            || ProcessHandle.of(pid).get().onExit().get(20, TimeUnit.SECONDS) != null);
  }

  @Test
  void badConfiguration_inTheBackground_isStillTold() throws Exception {
    Process process = start(torrc("RunAsDaemon 1", "NoSuchOption 1"));
    assertTrue(process.waitFor(LIMIT_MILLIS, TimeUnit.MILLISECONDS));
    assertEquals(1, process.exitValue());
    assertTrue(Files.readString(dir.resolve("output")).contains("NoSuchOption"));
  }
}
