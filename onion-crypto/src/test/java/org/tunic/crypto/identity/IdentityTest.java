package org.tunic.crypto.identity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.testing.SeededRandom;

class IdentityTest {
  private final SeededRandom random = new SeededRandom(1);
  private final RsaIdentity rsa = RsaIdentity.of(random.bytes(20));
  private final Ed25519Identity ed = Ed25519Identity.of(random.bytes(32));

  @Test
  void textForms_comeBack() throws Exception {
    assertEquals(rsa, RsaIdentity.fromHex(rsa.hex()));
    assertEquals(rsa.hex(), rsa.hex().toUpperCase(Locale.ROOT));
    assertEquals(ed, Ed25519Identity.fromBase64(ed.base64()));
    assertEquals(ed, Ed25519Identity.fromBase64(ed.base64() + "="));
    assertEquals(43, ed.base64().length());
  }

  @Test
  void otherLengths_areRefused() {
    assertThrows(MalformedException.class, () -> RsaIdentity.fromHex(rsa.hex() + "00"));
    assertThrows(MalformedException.class, () -> Ed25519Identity.fromBase64("AAAA"));
    assertThrows(IllegalArgumentException.class, () -> RsaIdentity.of(new byte[21]));
    assertThrows(IllegalArgumentException.class, () -> Ed25519Identity.of(new byte[31]));
  }

  @Test
  void matches_provenIdentities_needsAllThatAreNamed() {
    RelayIds both = new RelayIds(rsa, ed);
    RelayIds onlyRsa = RelayIds.ofRsa(rsa);
    assertTrue(onlyRsa.matches(both));
    assertTrue(both.matches(both));
    assertFalse(both.matches(onlyRsa));
    assertFalse(both.matches(new RelayIds(rsa, Ed25519Identity.of(new byte[32]))));
    assertFalse(onlyRsa.matches(new RelayIds(RsaIdentity.of(new byte[20]), ed)));
  }
}
