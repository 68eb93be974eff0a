package org.tunic.directory.doc.keycertificate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tunic.crypto.key.RsaSecretKey;
import org.tunic.directory.CtorDocs;
import org.tunic.directory.netdoc.DocumentSyntaxException;
import org.tunic.directory.netdoc.NetdocText;
import org.tunic.directory.netdoc.NetdocWriter;
import org.tunic.directory.netdoc.Tokenizer;
import org.tunic.testing.SeededRandom;

class KeyCertificateVectorTest {
  @Test
  void certificates_ofCtor_areThoseOfTheAuthorities() {
    List<KeyCertificate> all = CtorDocs.certificates();
    assertEquals(3, all.size());
    assertEquals(
        CtorDocs.v3idents(), new HashSet<>(all.stream().map(KeyCertificate::identity).toList()));
    StringBuilder together = new StringBuilder();
    all.forEach(c -> together.append(c.text().text()));
    assertEquals(CtorDocs.text("key-certificates").text(), together.toString());
  }

  @Test
  void create_withTheSigningKeyOfCtor_makesTheSameDocumentUpToTheIdentity() throws Exception {
    NetdocText file = NetdocText.of(CtorDocs.keyFile("auth0/authority_certificate"));
    KeyCertificate theirs = KeyCertificate.parse(file);
    // Their identity key is encrypted under a forgotten passphrase; any other will do.
    RsaSecretKey identityKey = RsaSecretKey.generate(2048, new SeededRandom(1));
    RsaSecretKey signingKey = CtorDocs.rsaKey("auth0/authority_signing_key");
    KeyCertificate ours =
        KeyCertificate.create(
            identityKey, signingKey, theirs.dirAddress(), theirs.published(), theirs.expires());
    assertEquals(keywords(theirs), keywords(ours));
    assertEquals(theirs.signingKeyDigest(), ours.signingKeyDigest());
    assertEquals(theirs.dirAddress(), ours.dirAddress());
    assertEquals(identityKey.publicKey().identity(), ours.identity());
    String crossCertificate =
        new NetdocWriter()
            .item("dir-key-crosscert")
            .object("ID SIGNATURE", signingKey.signBare(theirs.identity().bytes().toArray()))
            .latin1();
    assertTrue(theirs.text().text().contains(crossCertificate));
  }

  private static List<String> keywords(KeyCertificate certificate) throws Exception {
    return Tokenizer.items(certificate.text()).stream()
        .map(i -> i.keyword() + i.objectType())
        .toList();
  }

  @Test
  void parse_withAnotherExpiry_isRefused() {
    String text = CtorDocs.certificates().getFirst().text().text();
    String later = text.replaceFirst("dir-key-expires 2027", "dir-key-expires 2037");
    DocumentSyntaxException e =
        assertThrows(
            DocumentSyntaxException.class, () -> KeyCertificate.parse(NetdocText.of(later)));
    assertEquals("dir-key-certification", e.keyword());
  }
}
