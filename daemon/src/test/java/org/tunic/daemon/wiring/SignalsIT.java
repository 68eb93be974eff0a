package org.tunic.daemon.wiring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the daemon does at signals, as processes of their own see it. */
final class SignalsIT {
  @TempDir Path dir;

  private Path torrc;
  private Path log;
  private int orPort;
  private int socksPort;

  @BeforeEach
  void files() throws Exception {
    torrc = dir.resolve("torrc");
    log = dir.resolve("log");
    orPort = RunningDaemon.freePort();
    socksPort = RunningDaemon.freePort();
  }

  private void write(String... lines) throws Exception {
    Files.writeString(
        torrc,
        RunningDaemon.NETWORK
            + "DataDirectory "
            + dir.resolve("data")
            + "\nLog notice file "
            + log
            + "\n"
            + String.join("\n", lines)
            + "\n");
  }

  private String orPortLine() {
    return "ORPort 127.0.0.1:" + orPort + "\nAddress 127.0.0.1\nAssumeReachable 1\nContactInfo x";
  }

  @Test
  void hup_ofAClient_appliesWhatIsValid_andOnlyThat() throws Exception {
    int other = RunningDaemon.freePort();
    write("SocksPort 127.0.0.1:" + socksPort);
    try (RunningDaemon node = RunningDaemon.ours(torrc, log)) {
      assertTrue(RunningDaemon.listens(socksPort));

      write("SocksPort 127.0.0.1:" + other, "NoSuchOption 1");
      node.signal("HUP");
      node.await("Going on with the one of before.");
      assertTrue(node.logged().contains("unknown option"), node.logged());
      assertTrue(RunningDaemon.listens(socksPort));
      assertFalse(RunningDaemon.listens(other));

      write("SocksPort 127.0.0.1:" + other, "PidFile " + dir.resolve("pid"));
      node.signal("HUP");
      node.await("While Tor is running, changing PidFile is not allowed");
      assertTrue(RunningDaemon.listens(socksPort));

      Path rotated = Files.move(log, dir.resolve("log.1"));
      write("SocksPort 127.0.0.1:" + other, "Log info file " + dir.resolve("info"));
      node.signal("HUP");
      node.await("the new port opened", () -> RunningDaemon.listens(other));
      node.await("the old port closed", () -> !RunningDaemon.listens(socksPort));
      node.awaitIn(dir.resolve("info"), "[notice]");
      assertTrue(Files.exists(log), "the log is opened again");
      assertTrue(Files.exists(rotated));

      node.signal("INT");
      assertEquals(0, node.awaitEnd());
      assertTrue(node.logged().contains("Interrupt: exiting cleanly."), node.logged());
    }
  }

  @Test
  void signals_toARelay_areAnsweredAsByCtor() throws Exception {
    write(orPortLine(), "SocksPort 0", "ShutdownWaitLength 60");
    try (RunningDaemon node = RunningDaemon.ours(torrc, log)) {
      node.signal("USR1");
      node.await("Average bandwidth: ");
      assertTrue(node.logged().contains("Cells processed: 0 padding"), node.logged());

      assertFalse(node.logged().contains("[debug]"));
      node.signal("USR2");
      node.await("[debug] Caught USR2, going to loglevel debug. Send HUP to change back.");
      node.signal("HUP");
      node.await("Reloading config and resetting internal state.");

      node.signal("INT");
      node.await(
          "Interrupt: we have stopped accepting new connections, and will shut down in 60 seconds."
              + " Interrupt again to exit now.");
      assertFalse(RunningDaemon.listens(orPort));
      assertTrue(node.isAlive());
      node.signal("INT");
      assertEquals(0, node.awaitEnd());
      assertTrue(node.logged().contains("SIGINT received a second time; exiting now."));
    }
  }

  @Test
  void interrupt_ofARelay_endsWhenTheWaitIsOver() throws Exception {
    write(orPortLine(), "SocksPort 0", "ShutdownWaitLength 2", "HeartbeatPeriod 1");
    try (RunningDaemon node = RunningDaemon.ours(torrc, log)) {
      node.await("Heartbeat: Tunic's uptime is 0:00 hours, with 0 circuits open.");
      node.signal("INT");
      assertEquals(0, node.awaitEnd());
      assertTrue(node.logged().contains("Clean shutdown finished. Exiting."), node.logged());
    }
  }

  @Test
  void term_ofARelay_endsAtOnce() throws Exception {
    write(orPortLine(), "SocksPort 0", "ShutdownWaitLength 60");
    try (RunningDaemon node = RunningDaemon.ours(torrc, log)) {
      node.signal("TERM");
      assertEquals(0, node.awaitEnd());
      assertTrue(node.logged().contains("Catching signal TERM, exiting cleanly."), node.logged());
    }
  }
}
