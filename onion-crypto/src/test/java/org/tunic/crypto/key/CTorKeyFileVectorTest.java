package org.tunic.crypto.key;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tunic.crypto.cert.CertificateType;
import org.tunic.crypto.cert.Ed25519Certificate;
import org.tunic.testing.Vectors;

/** The contents of the key files of C tor fit the key types; the files' heads are cut off here. */
class CTorKeyFileVectorTest {
  private static final int HEAD = 32;

  private static byte[] file(String node, String name) {
    String text = Vectors.text("relay-keys/" + node + "/" + name + ".base64");
    return Base64.getMimeDecoder().decode(text);
  }

  private static byte[] tagged(String node, String name) {
    byte[] all = file(node, name);
    assertTrue(new String(all, 0, 3, StandardCharsets.US_ASCII).equals("== "));
    return Arrays.copyOfRange(all, HEAD, all.length);
  }

  private static String text(String node, String name) {
    return new String(file(node, name), StandardCharsets.US_ASCII);
  }

  @ParameterizedTest
  @ValueSource(strings = {"relay0", "auth0"})
  void fromExpanded_masterKeyFile_hasThePublicKeyOfItsFile(String node) throws Exception {
    try (var master = Ed25519Keypair.fromExpanded(tagged(node, "ed25519_master_id_secret_key"))) {
      assertArrayEquals(
          tagged(node, "ed25519_master_id_public_key"), master.identity().bytes().toArray());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"relay0", "auth0"})
  void signingCertificate_remade_isTheFileOfCTor(String node) throws Exception {
    byte[] encoded = tagged(node, "ed25519_signing_cert");
    Ed25519Certificate certificate = Ed25519Certificate.parse(encoded);
    try (var master = Ed25519Keypair.fromExpanded(tagged(node, "ed25519_master_id_secret_key"));
        var signing = Ed25519Keypair.fromExpanded(tagged(node, "ed25519_signing_secret_key"))) {
      certificate.check(
          CertificateType.SIGNING, master.identity(), certificate.expires().minusSeconds(60));
      assertEquals(signing.identity(), certificate.certifiedEd25519());
      // Signatures are deterministic, so that ours is C tor's to the byte.
      assertEquals(
          certificate,
          Ed25519Certificate.certify(
              CertificateType.SIGNING, certificate.expires(), signing.identity(), master, true));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "relay0, df4c278c554b40cf305f99730fa1ad9fecc5357e67a19ace1be28327e4bf5f2e",
    "auth0, 8dba82002ff9d06c327657cbd2a2cdcefc47dab7d39cbd72c05b5d48840b5f67"
  })
  void fromSecret_ntorKeyFile_hasTheKeyOfTheDescriptor(String node, String published)
      throws Exception {
    // The file has the secret and then the public key.
    byte[] both = tagged(node, "secret_onion_key_ntor");
    byte[] key = HexFormat.of().parseHex(published);
    try (var onionKey = NtorOnionKeypair.fromSecret(Arrays.copyOf(both, 32))) {
      assertArrayEquals(key, onionKey.publicKey().bytes().toArray());
      assertArrayEquals(key, Arrays.copyOfRange(both, 32, 64));
      assertArrayEquals(Arrays.copyOf(both, 32), onionKey.secret().borrow());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "relay0, 3A9940714D0FFE4541278C9F6EA355733E753516",
    "auth0, CD67CE9A5EC6FE643CDDA75DED5CDE8C4BBF249C"
  })
  void parsePem_identityKeyFile_hasTheFingerprintOfTheDescriptor(String node, String fingerprint)
      throws Exception {
    // C tor ends the file with a NUL.
    String pem = text(node, "secret_id_key");
    RsaSecretKey key = RsaSecretKey.parsePem(pem);
    assertEquals(fingerprint, key.publicKey().identity().hex());
    assertEquals(1024, key.publicKey().bits());
    assertEquals(pem, key.toPem() + "\0");
  }

  @Test
  void parsePem_authoritySigningKeyOfGencert_isRead() throws Exception {
    String pem = text("auth0", "authority_signing_key");
    RsaSecretKey key = RsaSecretKey.parsePem(pem);
    assertEquals(2048, key.publicKey().bits());
    assertEquals(pem, key.toPem());
    String certificate = text("auth0", "authority_certificate");
    assertTrue(certificate.contains("dir-signing-key\n" + key.publicKey().toPem()));
  }
}
