package org.tunic.crypto.hs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.key.NtorOnionKeypair;
import org.tunic.testing.SeededRandom;

/** Authorised clients: their files, and the cookie that each finds. */
class HsClientAuthTest {
  private static final String ADDRESS = "25njqamcweflpvkl73j4szahhihoc4xt3ktcgjnpaingr5yhkenl5sid";

  private final SeededRandom random = new SeededRandom(5);

  @Test
  void cookie_amongOthers_isFoundByItsClientAlone() {
    var subcredential = new Subcredential(Bytes.copyOf(random.bytes(32)));
    try (var alice = HsClientKeypair.generate(random);
        var mallory = HsClientKeypair.generate(random);
        var ephemeral = NtorOnionKeypair.generate(random);
        var cookie = DescriptorCookie.generate(random)) {
      List<AuthorizedClient> lines = new ArrayList<>();
      for (int i = 0; i < 7; i++) {
        lines.add(AuthorizedClient.fake(random));
      }
      lines.add(
          4, AuthorizedClient.of(alice.publicKey(), ephemeral, subcredential, cookie, random));
      try (var found =
          AuthorizedClient.findCookie(lines, alice, ephemeral.publicKey(), subcredential)
              .orElseThrow()) {
        assertArrayEquals(cookie.bytes().borrow(), found.bytes().borrow());
      }
      assertTrue(
          AuthorizedClient.findCookie(lines, mallory, ephemeral.publicKey(), subcredential)
              .isEmpty());
    }
  }

  @Test
  void files_writtenAndRead_areTheSameKeys() throws Exception {
    HsId service = HsId.parse(ADDRESS);
    try (var keys = HsClientKeypair.generate(random);
        var read = HsClientKeypair.parsePrivateFile(" " + keys.privateFile(service) + "\n")) {
      assertEquals(service, read.service());
      assertEquals(keys.publicKey(), read.keypair().publicKey());
      assertEquals(
          keys.publicKey(), HsClientPublicKey.parseAuthFile(keys.publicKey().authFile() + "\r\n"));
      assertTrue(keys.publicKey().authFile().matches("descriptor:x25519:[A-Z2-7]{52}"));
    }
  }

  /** The pair that tor(1) users know from torspec's example commands: made by openssl. */
  @Test
  void keypair_ofAnUnclampedSecret_agreesAllTheSame() throws Exception {
    byte[] secret = random.bytes(32);
    secret[0] |= 7;
    try (var keys = HsClientKeypair.fromSecret(secret);
        var same = NtorOnionKeypair.fromSecret(secret)) {
      assertEquals(same.publicKey(), keys.publicKey().key());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "descriptor:x25519",
        "descriptor:x25519:AAAA",
        "descriptor:x25519:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "descriptor:x448:PM5NVJUJXRZPKBEUVFF34M5PVDU5OWL2FLEEPJKAPTHW3EB5OLRA",
        "basic:x25519:PM5NVJUJXRZPKBEUVFF34M5PVDU5OWL2FLEEPJKAPTHW3EB5OLRA",
        "descriptor:x25519:PM5NVJUJXRZPKBEUVFF34M5PVDU5OWL2FLEEPJKAPTHW3EB5OLRA:x",
        "descriptor:x25519:1M5NVJUJXRZPKBEUVFF34M5PVDU5OWL2FLEEPJKAPTHW3EB5OLRA"
      })
  void parseAuthFile_ofAnotherForm_fails(String contents) {
    assertThrows(MalformedException.class, () -> HsClientPublicKey.parseAuthFile(contents));
    assertThrows(
        MalformedException.class,
        () -> HsClientKeypair.parsePrivateFile(ADDRESS + ":" + contents).close());
  }
}
