package org.tunic.crypto.hs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tunic.crypto.bytes.Base32;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.Hex;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.cert.CertificateType;
import org.tunic.crypto.digest.Sha;
import org.tunic.crypto.identity.Ed25519Identity;
import org.tunic.testing.SeededRandom;

/** Onion addresses that are none, and what of them is printed. */
class HsIdTest {
  private static final String GOOD = "25njqamcweflpvkl73j4szahhihoc4xt3ktcgjnpaingr5yhkenl5sid";

  /** An address with a right checksum, whatever its key and version. */
  private static String address(byte[] key, int version) {
    byte[] label = ".onion checksum".getBytes(StandardCharsets.US_ASCII);
    byte[] checksum = Sha.sha3(label, key, new byte[] {(byte) version});
    byte[] all = Arrays.copyOf(key, 35);
    System.arraycopy(checksum, 0, all, 32, 2);
    all[34] = (byte) version;
    return Base32.encode(all);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".onion",
        "25njqamcweflpvkl73j4szahhihoc4xt3ktcgjnpaingr5yhkenl5si",
        "25njqamcweflpvkl73j4szahhihoc4xt3ktcgjnpaingr5yhkenl5sidd",
        "35njqamcweflpvkl73j4szahhihoc4xt3ktcgjnpaingr5yhkenl5sid",
        "25njqamcweflpvkl73j4szahhihoc4xt3ktcgjnpaingr5yhkenl5si1",
        "25njqamcweflpvkl73j4szahhihoc4xt3ktcgjnpaingr5yhkenl5sid.com",
        "www.25njqamcweflpvkl73j4szahhihoc4xt3ktcgjnpaingr5yhkenl5sid.onion"
      })
  void parse_whatIsNoAddress_fails(String text) {
    assertThrows(MalformedException.class, () -> HsId.parse(text));
  }

  @Test
  void parse_otherVersion_fails() throws Exception {
    byte[] key = HsId.parse(GOOD).key().bytes().toArray();
    assertEquals(GOOD, address(key, 3));
    assertThrows(MalformedException.class, () -> HsId.parse(address(key, 4)));
  }

  /** The neutral point, points of order 2, 4 and 8, a key plus a point of order 8, no point. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "300ef07ef04e7d6fd1275efffa5dd2fcf10a4c71b0dd4c9e4eea7be1dee1f5ac",
        "0200000000000000000000000000000000000000000000000000000000000000"
      })
  void parse_keyOutsideThePrimeOrderGroup_fails(String hex) throws Exception {
    byte[] key = Hex.decode(hex);
    var failure = assertThrows(MalformedException.class, () -> HsId.parse(address(key, 3)));
    assertEquals("bad key in an onion address", failure.getMessage());
  }

  @Test
  void toString_ofAnId_showsItsEndOnly() throws Exception {
    HsId id = HsId.parse(GOOD);
    assertEquals("[…5sid.onion]", id.toString());
    assertFalse(id.blind(new TimePeriod(1, 1440)).toString().contains("="));
    assertEquals("[blinded]", id.blind(new TimePeriod(1, 1440)).toString());
  }

  @Test
  void blindedKeypair_certifiesSigningKey_underTheBlindedKey() throws Exception {
    SeededRandom random = new SeededRandom(7);
    Instant now = Instant.parse("2026-01-01T00:00:00Z");
    try (var identity = HsIdKeypair.generate(random);
        var blinded = identity.blind(new TimePeriod(20000, 1440))) {
      var signing = Ed25519Identity.of(random.bytes(32));
      var certificate = blinded.certify(signing, now.plusSeconds(54 * 3600));
      certificate.check(CertificateType.HS_DESCRIPTOR_SIGNING, blinded.id().key(), now);
      assertEquals(signing, certificate.certifiedEd25519());
      assertEquals(blinded.id().key(), certificate.namedSigner().orElseThrow());
      assertTrue(identity.id().blind(blinded.period()).equals(blinded.id()));
    }
  }

  @Test
  void verify_otherDomainMessageServiceOrLength_isFalse() {
    SeededRandom random = new SeededRandom(21);
    Bytes message = Bytes.copyOf(random.bytes(50));
    try (HsIdKeypair keypair = HsIdKeypair.generate(random);
        HsIdKeypair other = HsIdKeypair.generate(random)) {
      Bytes signature = keypair.sign("chat", message);
      assertTrue(keypair.id().verify("chat", message, signature));
      assertFalse(keypair.id().verify("cha", message, signature));
      assertFalse(keypair.id().verify("chat", Bytes.EMPTY, signature));
      assertFalse(keypair.id().verify("chat", message, signature.slice(0, 63)));
      assertFalse(other.id().verify("chat", message, signature));
      // Where the domain ends is signed, too.
      assertFalse(
          keypair
              .id()
              .verify("cha", Bytes.concat(Bytes.copyOf(new byte[] {'t'}), message), signature));
      String tooLong = "d".repeat(256);
      assertThrows(IllegalArgumentException.class, () -> keypair.sign(tooLong, message));
    }
  }
}
