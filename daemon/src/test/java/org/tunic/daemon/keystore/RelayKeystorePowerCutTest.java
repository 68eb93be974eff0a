package org.tunic.daemon.keystore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tunic.crypto.identity.RelayIds;
import org.tunic.crypto.key.NtorPublicKey;
import org.tunic.directory.store.PowerCut;
import org.tunic.directory.store.PowerCut.Survival;

/** The power goes at every step of what a relay does with its keys. */
final class RelayKeystorePowerCutTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
  private static final Instant RENEWAL = NOW.plus(Duration.ofDays(29)).plusSeconds(3700);

  @TempDir Path dir;

  private PowerCut disk;
  private final Set<String> seen = new HashSet<>();
  private final Map<String, Integer> notices = new TreeMap<>();
  private int starts;

  private RelayKeystore open(Path directory, Instant now) throws KeystoreException {
    return RelayKeystore.open(
        directory,
        KeyFolder.LIFETIMES,
        () -> now,
        RANDOM,
        notice -> notices.merge(notice.replaceAll("key file \\w+", "key file"), 1, Integer::sum));
  }

  private void prepare(boolean withKeys) throws Exception {
    Path real = Files.createDirectory(dir.resolve("real"));
    if (withKeys) {
      open(real, NOW);
    }
    disk = new PowerCut(real);
  }

  /** A start after a cut. */
  private interface Check {
    void check(int step, RelayKeys keys) throws Exception;
  }

  /** Starts again after a cut at each step from {@code from} on, in each way; every start works. */
  private void cutEverywhere(int from, Instant now, Check check) throws Exception {
    for (int step = from; step <= disk.steps(); step++) {
      for (Survival survival : Survival.values()) {
        Map<String, byte[]> files = disk.after(step, survival);
        if (!seen.add(step + PowerCut.fingerprint(files))) {
          continue;
        }
        Path again = Files.createDirectory(dir.resolve("again" + starts++));
        PowerCut.layOut(files, again);
        RelayKeys keys;
        try {
          keys = open(again, now).keys();
        } catch (KeystoreException e) {
          fail("cut after step " + step + ", " + survival + " survives: " + e.getMessage());
          return;
        }
        check.check(step, keys);
        assertEquals(keys.ids(), open(again, now).keys().ids());
      }
    }
  }

  @Test
  void firstStart_cutAtAnyStep_startsAgain_andKeepsWhatItHasShown() throws Exception {
    prepare(false);
    RelayIds ids = open(disk.root(), NOW).keys().ids();
    int shown = disk.steps();
    assertTrue(shown > 30, shown + " steps");
    cutEverywhere(
        0,
        NOW,
        (step, keys) -> {
          if (step == shown) {
            assertEquals(ids, keys.ids());
          }
        });
    assertTrue(
        notices.keySet().stream().anyMatch(notice -> notice.contains("was interrupted")),
        notices::toString);
  }

  @Test
  void rotationOfOnionKeys_cutAtAnyStep_losesNoKeyInUse() throws Exception {
    prepare(true);
    RelayKeystore store = open(disk.root(), NOW);
    RelayIds ids = store.keys().ids();
    NtorPublicKey first = store.keys().ntorOnionKey().publicKey();
    NtorPublicKey second = store.rotateOnionKeys().ntorOnionKey().publicKey();
    int shown = disk.steps();
    cutEverywhere(
        0,
        NOW,
        (step, keys) -> {
          assertEquals(ids, keys.ids());
          List<NtorPublicKey> good = new ArrayList<>();
          keys.ntorOnionKeys().forEach(key -> good.add(key.publicKey()));
          assertTrue(good.contains(first), "the published onion key is lost at step " + step);
          if (step == shown) {
            assertEquals(List.of(second, first), good);
          }
        });
    assertTrue(
        notices.keySet().stream().anyMatch(notice -> notice.contains("The rotation")),
        notices::toString);
  }

  @Test
  void renewalOfTheSigningKey_cutAtAnyStep_keepsTheIdentity() throws Exception {
    prepare(true);
    RelayKeystore store = open(disk.root(), NOW);
    RelayIds ids = store.keys().ids();
    RelayKeystore later = open(disk.root(), RENEWAL);
    assertTrue(
        !later.keys().signingKey().identity().equals(store.keys().signingKey().identity()),
        "it was renewed");
    int shown = disk.steps();
    cutEverywhere(
        0,
        RENEWAL,
        (step, keys) -> {
          assertEquals(ids, keys.ids());
          if (step == shown) {
            assertEquals(later.keys().signingKey().identity(), keys.signingKey().identity());
          }
        });
  }

  @Test
  void forgettingOldOnionKeys_cutAtAnyStep_keepsThePresentOnes() throws Exception {
    Path real = Files.createDirectory(dir.resolve("real"));
    NtorPublicKey present = open(real, NOW).rotateOnionKeys().ntorOnionKey().publicKey();
    disk = new PowerCut(real);
    open(disk.root(), NOW).forgetPreviousOnionKeys();
    cutEverywhere(0, NOW, (_, keys) -> assertEquals(present, keys.ntorOnionKey().publicKey()));
  }

  /** The control: a writer that does not force loses a key that was shown. */
  @Test
  void keysWrittenWithoutForce_areLost() throws IOException, KeystoreException {
    Path real = Files.createDirectory(dir.resolve("real"));
    disk = new PowerCut(real);
    Path careful = Files.createDirectory(dir.resolve("careful"));
    open(careful, NOW);
    for (Path file : KeyFolder.list(careful)) {
      Files.write(disk.root().resolve(file.getFileName().toString()), Files.readAllBytes(file));
    }
    Map<String, byte[]> files = disk.after(disk.steps(), Survival.NOTHING);
    assertTrue(files.isEmpty(), files.keySet()::toString);
  }
}
