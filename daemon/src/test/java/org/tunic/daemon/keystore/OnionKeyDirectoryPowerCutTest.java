package org.tunic.daemon.keystore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tunic.crypto.hs.HsId;
import org.tunic.crypto.hs.HsIdKeypair;
import org.tunic.directory.store.PowerCut;
import org.tunic.directory.store.PowerCut.Survival;

/** The power goes at every step of the making of a service's key. */
final class OnionKeyDirectoryPowerCutTest {
  private static final SecureRandom RANDOM = new SecureRandom();

  @TempDir Path dir;

  private static HsId open(Path directory) throws KeystoreException {
    try (HsIdKeypair key = new OnionKeyDirectory(directory, false).open(RANDOM, _ -> {})) {
      return key.id();
    }
  }

  @Test
  void firstStart_cutAtAnyStep_startsAgain_andKeepsTheAddressItHasShown() throws Exception {
    Path real = Files.createDirectory(dir.resolve("real"));
    Files.createDirectory(real.resolve("authorized_clients"));
    PowerCut disk = new PowerCut(real);
    HsId shown = open(disk.root());
    assertTrue(disk.steps() >= 15, disk.steps() + " steps");
    Set<String> seen = new HashSet<>();
    int starts = 0;
    for (int step = 0; step <= disk.steps(); step++) {
      for (Survival survival : Survival.values()) {
        Map<String, byte[]> files = disk.after(step, survival);
        if (!seen.add(step + PowerCut.fingerprint(files))) {
          continue;
        }
        Path again = Files.createDirectory(dir.resolve("again" + starts++));
        PowerCut.layOut(files, again);
        HsId id;
        try {
          id = open(again);
        } catch (KeystoreException e) {
          fail("cut after step " + step + ", " + survival + " survives: " + e.getMessage());
          return;
        }
        assertEquals(id, open(again));
        if (step == disk.steps() || files.containsKey("hostname")) {
          assertEquals(shown, id, "the address is another one after step " + step);
        }
      }
    }
  }
}
