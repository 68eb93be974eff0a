package org.tunic.directory.authority.descriptors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.tunic.crypto.identity.Ed25519Identity;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.testing.SeededRandom;

class KeyPinsTest {
  private final SeededRandom random = new SeededRandom(8);
  private final RsaIdentity rsa = RsaIdentity.of(random.bytes(20));
  private final RsaIdentity otherRsa = RsaIdentity.of(random.bytes(20));
  private final Ed25519Identity ed25519 = Ed25519Identity.of(random.bytes(32));
  private final Ed25519Identity otherEd25519 = Ed25519Identity.of(random.bytes(32));

  @Test
  void check_pinnedPair_isFoundAndEitherWithAnotherIsNot() {
    KeyPins pins = KeyPins.load("");
    assertEquals(KeyPins.Match.NEW, pins.check(rsa, ed25519));
    pins.pin(rsa, ed25519);
    assertEquals(KeyPins.Match.FOUND, pins.check(rsa, ed25519));
    assertEquals(KeyPins.Match.MISMATCH, pins.check(rsa, otherEd25519));
    assertEquals(KeyPins.Match.MISMATCH, pins.check(otherRsa, ed25519));
    assertEquals(KeyPins.Match.NEW, pins.check(otherRsa, otherEd25519));
  }

  @Test
  void load_ownJournal_remembers() {
    String line = KeyPins.load("").pin(rsa, ed25519).orElseThrow();
    assertEquals(72, line.length());
    KeyPins read = KeyPins.load("# comment\n@opened-at 2026\n\ndamaged line\n" + line);
    assertEquals(KeyPins.Match.FOUND, read.check(rsa, ed25519));
    assertTrue(read.hasEd25519(rsa));
    assertEquals(Optional.empty(), read.pin(rsa, ed25519));
  }

  @Test
  void load_contradictingLines_laterCounts() {
    String first = KeyPins.load("").pin(rsa, ed25519).orElseThrow();
    String second = KeyPins.load("").pin(rsa, otherEd25519).orElseThrow();
    KeyPins read = KeyPins.load(first + second);
    assertEquals(KeyPins.Match.FOUND, read.check(rsa, otherEd25519));
    assertEquals(KeyPins.Match.NEW, read.check(otherRsa, ed25519));
  }

  @Test
  void pin_beyondTheBound_isRefused() {
    KeyPins pins = KeyPins.load("");
    for (int i = 0; i < KeyPins.MAX_PINS; i++) {
      pins.pin(RsaIdentity.of(random.bytes(20)), Ed25519Identity.of(random.bytes(32)));
    }
    assertTrue(pins.isFull());
    assertEquals(Optional.empty(), pins.pin(rsa, ed25519));
    assertEquals(KeyPins.Match.NEW, pins.check(rsa, ed25519));
  }
}
