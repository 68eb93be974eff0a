package org.tunic.daemon.wiring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tunic.crypto.cert.RelayCredentials;
import org.tunic.crypto.key.NtorPublicKey;
import org.tunic.daemon.config.Config.KeyLifetimes;
import org.tunic.daemon.keystore.RelayKeystore;
import org.tunic.directory.view.ConsensusParameters;
import org.tunic.router.guard.StateFile;
import org.tunic.testing.ManualClock;

final class KeyRotationTest {
  private static final KeyLifetimes LIFETIMES =
      new KeyLifetimes(Duration.ofDays(30), Duration.ofDays(1), false);

  @TempDir Path dir;

  private final ManualClock clock = new ManualClock(Instant.now().truncatedTo(ChronoUnit.SECONDS));
  private final AtomicInteger changes = new AtomicInteger();
  private ConsensusParameters parameters = ConsensusParameters.DEFAULTS;
  private Path keys;
  private StateFile state;
  private RelayKeystore keystore;
  private LinkCredentials credentials;

  @BeforeEach
  void makeKeys() throws Exception {
    keys =
        Files.createDirectory(
            dir.resolve("keys"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    state = new StateFile(dir.resolve("state"), clock);
    open();
    Files.setLastModifiedTime(
        keys.resolve("secret_onion_key_ntor"), FileTime.from(clock.instant()));
  }

  private void open() throws Exception {
    keystore = RelayKeystore.open(keys, LIFETIMES, clock, new SecureRandom(), notice -> {});
    credentials = new LinkCredentials(keystore::keys, clock, new SecureRandom());
  }

  private void tick() {
    new KeyRotation(keystore, credentials, state, clock, () -> parameters, changes::incrementAndGet)
        .tick();
  }

  private List<NtorPublicKey> accepted() {
    return keystore.keys().ntorOnionKeys().stream().map(key -> key.publicKey()).toList();
  }

  @Test
  void tick_onionKeysOldEnough_areReplacedAndAcceptedForTheGracePeriodOnly() throws Exception {
    NtorPublicKey first = accepted().getFirst();
    clock.advance(Duration.ofDays(28).minusSeconds(1));
    tick();
    assertEquals(List.of(first), accepted());
    clock.advance(Duration.ofSeconds(1));
    tick();
    assertEquals(2, accepted().size());
    assertNotEquals(first, accepted().getFirst());
    assertEquals(first, accepted().getLast());
    clock.advance(Duration.ofDays(7).minusSeconds(1));
    tick();
    assertEquals(first, accepted().getLast());
    clock.advance(Duration.ofSeconds(1));
    tick();
    assertFalse(accepted().contains(first));
    assertEquals(1, accepted().size());
    assertFalse(Files.exists(keys.resolve("secret_onion_key_ntor.old")));
    assertFalse(Files.exists(keys.resolve("secret_onion_key.old")));
  }

  @Test
  void tick_parametersOfTheConsensus_setBothTimes() {
    parameters =
        new ConsensusParameters(
            Map.of("onion-key-rotation-days", 3, "onion-key-grace-period-days", 99));
    clock.advance(Duration.ofDays(3));
    tick();
    assertEquals(2, accepted().size());
    clock.advance(Duration.ofDays(3).minusSeconds(1)); // a grace is never longer than a life
    tick();
    assertEquals(2, accepted().size());
  }

  @Test
  void tick_timeOfTheLastRotation_staysInTheStateFileAsCtorWritesIt() throws Exception {
    state.update(document -> document.with("TorVersion", List.of("Tor 0.4.9.11")));
    clock.advance(Duration.ofDays(28));
    tick();
    String stamp = clock.instant().toString().replace('T', ' ').replace("Z", "");
    assertEquals(List.of(stamp), state.read().values("LastRotatedOnionKey"));
    assertEquals(List.of("Tor 0.4.9.11"), state.read().values("TorVersion"));
    List<NtorPublicKey> accepted = accepted();
    open();
    tick();
    assertEquals(accepted, accepted(), "the next process rotates no sooner");
  }

  @Test
  void tick_stateOfCtorSaysLater_countsFromThere() throws Exception {
    clock.advance(Duration.ofDays(20));
    String stamp = clock.instant().toString().replace('T', ' ').replace("Z", "");
    state.update(document -> document.with("LastRotatedOnionKey", List.of(stamp)));
    clock.advance(Duration.ofDays(20));
    tick();
    assertEquals(1, accepted().size());
  }

  @Test
  void tick_crashBeforeTheRotationWasNoted_doesNotRotateAgain() throws Exception {
    tick(); // notes the time of the first keys
    clock.advance(Duration.ofDays(28));
    keystore.rotateOnionKeys();
    Files.setLastModifiedTime(
        keys.resolve("secret_onion_key_ntor"), FileTime.from(clock.instant()));
    open();
    List<NtorPublicKey> accepted = accepted();
    tick();
    assertEquals(accepted, accepted());
    assertEquals(2, accepted.size());
  }

  @Test
  void tick_signingKeyNearItsEnd_isRenewedWithTheLinkCertificates() {
    tick();
    RelayCredentials first = credentials.get().orElseThrow();
    final var master = keystore.keys().masterIdentity();
    final Instant end = keystore.keys().signingCertificate().expires();
    clock.jumpTo(keystore.signingKeyRenewalTime());
    parameters = new ConsensusParameters(Map.of("onion-key-rotation-days", 90));
    tick();
    assertTrue(keystore.keys().signingCertificate().expires().isAfter(end));
    assertEquals(master, keystore.keys().masterIdentity());
    assertNotSame(first, credentials.get().orElseThrow());
    assertEquals(1, changes.get(), "the descriptor is published anew once");
  }

  @Test
  void tick_linkCertificatesDue_areMadeAnewWithoutANewDescriptor() {
    tick();
    RelayCredentials first = credentials.get().orElseThrow();
    tick();
    assertSame(first, credentials.get().orElseThrow());
    clock.jumpTo(first.renewAt());
    tick();
    assertNotSame(first, credentials.get().orElseThrow());
    assertEquals(0, changes.get());
  }
}
