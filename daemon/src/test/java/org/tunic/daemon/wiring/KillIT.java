package org.tunic.daemon.wiring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * kill -9 of a starting relay, again and again on one DataDirectory: an identity that a file has
 * shown stays, and every start works. {@code KILLS} (8) says how often. A power cut at every single
 * step is {@code RelayKeystorePowerCutTest}.
 */
final class KillIT {
  /** A relay listens about a second after its start; kills fall before and after that, ms. */
  private static final int MAX_LIFE_MILLIS = 3000;

  @TempDir Path dir;

  @Test
  void relay_killedAtAnyMoment_keepsItsIdentity() throws Exception {
    int kills = Integer.parseInt(System.getenv().getOrDefault("KILLS", "8"));
    long seed = System.nanoTime();
    SplittableRandom random = new SplittableRandom(seed);
    Path log = dir.resolve("log");
    Path torrc = torrc(log);
    TreeMap<String, String> shown = new TreeMap<>();
    for (int kill = 0; kill < kills; kill++) {
      Process relay =
          new ProcessBuilder(
                  Processes.tunic("-f", torrc.toString(), "--defaults-torrc", torrc + ".none"))
              .directory(dir.toFile())
              .redirectErrorStream(true)
              .redirectOutput(dir.resolve("output").toFile())
              .start();
      boolean ended = relay.waitFor(random.nextInt(100, MAX_LIFE_MILLIS), TimeUnit.MILLISECONDS);
      assertFalse(ended, () -> "seed " + seed + ": ended by itself: see " + dir);
      relay.destroyForcibly().waitFor();
      compare(shown, "seed " + seed + ", kill " + kill);
    }
    Files.deleteIfExists(log);
    try (RunningDaemon relay = RunningDaemon.ours(torrc, log)) {
      assertTrue(relay.isAlive());
      compare(shown, "seed " + seed + ", at last");
    }
    assertEquals(2, shown.size());
    try (Stream<Path> keys = Files.list(dir.resolve("data/keys"))) {
      for (Path key : keys.toList()) {
        assertEquals(
            "rw-------",
            PosixFilePermissions.toString(Files.getPosixFilePermissions(key)),
            key.toString());
      }
    }
  }

  /** Every identity shown before is still shown; new ones are added to {@code shown}. */
  private void compare(TreeMap<String, String> shown, String when) throws Exception {
    for (String name : new String[] {"fingerprint", "fingerprint-ed25519"}) {
      Path file = dir.resolve("data").resolve(name);
      assertTrue(Files.exists(file) || !shown.containsKey(name), name + " is gone: " + when);
      if (Files.exists(file)) {
        String now = Files.readString(file);
        assertEquals(shown.getOrDefault(name, now), now, when);
        shown.put(name, now);
      }
    }
  }

  private Path torrc(Path log) throws Exception {
    return Files.writeString(
        dir.resolve("torrc"),
        RunningDaemon.NETWORK
            + "DataDirectory "
            + dir.resolve("data")
            + "\nLog notice file "
            + log
            + "\nORPort 127.0.0.1:"
            + RunningDaemon.freePort()
            + "\nAddress 127.0.0.1\nAssumeReachable 1\nContactInfo x\nSocksPort 0\n");
  }
}
