package org.tunic.crypto.cert;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tunic.crypto.bytes.ByteReader;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.digest.Sha;
import org.tunic.crypto.handshake.authenticate.Authenticate;
import org.tunic.crypto.identity.Ed25519Identity;
import org.tunic.crypto.key.RsaPublicKey;
import org.tunic.testing.Vectors;

/** CERTS and AUTHENTICATE as a C tor authority sent them to a scripted responder. */
class LiveAuthenticateVectorTest {
  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
  private static final JsonNode SESSION =
      Vectors.json("cert-spec/live-authenticate.json").get("session");

  private static Map<Integer, Bytes> certificates(String field) throws MalformedException {
    ByteReader in = new ByteReader(Vectors.hex(SESSION, field));
    Map<Integer, Bytes> bodies = new TreeMap<>();
    int count = in.u8();
    for (int i = 0; i < count; i++) {
      bodies.put(in.u8(), in.bytes(in.u16()));
    }
    in.expectEnd();
    return bodies;
  }

  private static byte[] body(Map<Integer, Bytes> bodies, int type) {
    return Objects.requireNonNull(bodies.get(type)).toArray();
  }

  private static Bytes sha256(String field) {
    return Bytes.copyOf(Sha.sha256(Vectors.hex(SESSION, field)));
  }

  private static Instant within(Map<Integer, Bytes> bodies) throws MalformedException {
    return Ed25519Certificate.parse(body(bodies, 4)).expires().minusSeconds(3600);
  }

  private static Authenticate.Fields fields() throws Exception {
    var initiator = PeerCertificates.verifyInitiator(certificates("peer_certs"), NOW);
    RsaPublicKey responder =
        RsaPublicKey.parsePkcs1Der(Vectors.hex(SESSION, "server_rsa_id_pkcs1"));
    return new Authenticate.Fields(
        initiator.rsaKey().sha256(),
        responder.sha256(),
        initiator.ids().ed().orElseThrow(),
        Ed25519Identity.of(Vectors.hex(SESSION, "server_ed25519_id")),
        sha256("server_sent_before_netinfo"),
        sha256("client_sent_before_authenticate"),
        sha256("server_tls_cert"),
        Bytes.copyOf(Vectors.hex(SESSION, "exporter_output")));
  }

  private static byte[] authentication() {
    byte[] cell = Vectors.hex(SESSION, "authenticate_body");
    return Bytes.copyOf(cell, 4, cell.length - 4).toArray();
  }

  @Test
  void verifyInitiator_certsOfCTor_proveItsIdentities() throws Exception {
    Map<Integer, Bytes> bodies = certificates("peer_certs");
    var proven = PeerCertificates.verifyInitiator(bodies, NOW);
    assertEquals(Bytes.copyOf(Vectors.hex(SESSION, "exporter_context")), proven.rsaKey().sha256());
    assertTrue(proven.authentication().isPresent());
  }

  @Test
  void verifyResponder_certsOfScript_proveItsIdentities() throws Exception {
    Map<Integer, Bytes> bodies = certificates("server_certs");
    var proven =
        PeerCertificates.verifyResponder(
            bodies, Vectors.hex(SESSION, "server_tls_cert"), within(bodies));
    assertArrayEquals(
        Vectors.hex(SESSION, "server_rsa_id_pkcs1"), proven.rsaKey().pkcs1Der().toArray());
    assertEquals(
        Ed25519Identity.of(Vectors.hex(SESSION, "server_ed25519_id")),
        proven.ids().ed().orElseThrow());
  }

  @Test
  void verifyResponder_otherTlsCertificate_isRefused() throws Exception {
    Map<Integer, Bytes> bodies = certificates("server_certs");
    byte[] other = body(certificates("peer_certs"), 3);
    assertThrows(
        UntrustedCertificateException.class,
        () -> PeerCertificates.verifyResponder(bodies, other, within(bodies)));
  }

  @Test
  void verifyResponder_withoutEd25519_fallsBackToRsaLink() throws Exception {
    Map<Integer, Bytes> bodies = certificates("server_certs");
    Instant now = within(bodies);
    for (int type : new int[] {4, 5, 7}) {
      bodies.remove(type);
    }
    byte[] tls = Vectors.hex(SESSION, "server_tls_cert");
    var proven = PeerCertificates.verifyResponder(bodies, tls, now);
    assertTrue(proven.ids().ed().isEmpty());
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 4, 6, 7})
  void verifyInitiator_certificateMissing_isRefused(int type) throws Exception {
    Map<Integer, Bytes> bodies = certificates("peer_certs");
    bodies.remove(type);
    assertThrows(
        UntrustedCertificateException.class, () -> PeerCertificates.verifyInitiator(bodies, NOW));
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 4, 5, 7})
  void verifyResponder_certificateMissingBesideType4_isRefused(int type) throws Exception {
    Map<Integer, Bytes> bodies = certificates("server_certs");
    Instant now = within(bodies);
    byte[] tls = Vectors.hex(SESSION, "server_tls_cert");
    if (type == 4) {
      bodies.remove(1);
    }
    bodies.remove(type);
    assertThrows(
        UntrustedCertificateException.class,
        () -> PeerCertificates.verifyResponder(bodies, tls, now));
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 4, 6, 7})
  void verifyInitiator_anyBitFlipped_isRefused(int type) throws Exception {
    Map<Integer, Bytes> good = certificates("peer_certs");
    byte[] body = body(good, type);
    // Every byte of the short ones, a sample of the X.509 one, whose checks cost 100 µs each.
    for (int i = 0; i < body.length; i += type == 2 ? 7 : 1) {
      byte[] flipped = body.clone();
      flipped[i] ^= (byte) (1 << (i & 7));
      Map<Integer, Bytes> bad = new TreeMap<>(good);
      bad.put(type, Bytes.copyOf(flipped));
      assertThrows(
          UntrustedCertificateException.class,
          () -> PeerCertificates.verifyInitiator(bad, NOW),
          "byte " + i);
    }
  }

  @Test
  void verifyInitiator_afterExpiry_isRefused() throws Exception {
    Map<Integer, Bytes> bodies = certificates("peer_certs");
    Instant expires = Ed25519Certificate.parse(body(bodies, 6)).expires();
    PeerCertificates.verifyInitiator(bodies, expires);
    assertThrows(
        UntrustedCertificateException.class,
        () -> PeerCertificates.verifyInitiator(bodies, expires.plusSeconds(1)));
  }

  @Test
  void authenticate_ofCTor_verifies() throws Exception {
    byte[] cell = Vectors.hex(SESSION, "authenticate_body");
    ByteReader head = new ByteReader(cell);
    assertEquals(Authenticate.TYPE, head.u16());
    assertEquals(Authenticate.LENGTH, head.u16());
    assertEquals(Authenticate.EXPORTER_LABEL, SESSION.get("exporter_label").asText());
    Ed25519Identity key =
        PeerCertificates.verifyInitiator(certificates("peer_certs"), NOW)
            .authentication()
            .orElseThrow();
    assertTrue(Authenticate.verify(authentication(), fields(), key));
  }

  @Test
  void authenticate_anyByteChanged_fails() throws Exception {
    Ed25519Identity key =
        PeerCertificates.verifyInitiator(certificates("peer_certs"), NOW)
            .authentication()
            .orElseThrow();
    var fields = fields();
    byte[] good = authentication();
    for (int i = 0; i < good.length; i++) {
      byte[] bad = good.clone();
      bad[i] ^= 1;
      assertFalse(Authenticate.verify(bad, fields, key), "byte " + i);
    }
    assertFalse(Authenticate.verify(Bytes.copyOf(good, 0, good.length - 1).toArray(), fields, key));
  }

  @Test
  void encode_certificatesOfCTor_givesSameBytes() throws Exception {
    Map<Integer, Bytes> bodies = certificates("peer_certs");
    assertEquals(
        Bytes.copyOf(body(bodies, 7)), RsaCrossCertificate.parse(body(bodies, 7)).encoded());
    assertEquals(
        Bytes.copyOf(body(bodies, 4)), Ed25519Certificate.parse(body(bodies, 4)).encoded());
    assertEquals(Bytes.copyOf(body(bodies, 2)), X509Certificate.parse(body(bodies, 2)).der());
  }
}
