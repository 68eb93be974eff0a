package org.tunic.directory.doc.consensus;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.CtorDocs;
import org.tunic.directory.doc.keycertificate.KeyCertificate;
import org.tunic.directory.netdoc.NetdocText;

class ConsensusVectorTest {
  @Test
  void consensus_ofCtor_hasTheExpectedDigestAndSignatures() {
    Consensus ns = CtorDocs.consensus("consensus");
    assertEquals(ConsensusFlavor.NS, ns.flavor());
    assertEquals(
        CtorDocs.expected().required("consensus_sha1").asText(),
        ns.signedDigest().hex().toUpperCase(Locale.ROOT));
    assertEquals(3, ns.signatures().size());
  }

  @Test
  void microdescConsensus_ofCtor_hasTheExpectedDigestAndSignatures() {
    Consensus micro = CtorDocs.consensus("consensus-microdesc");
    assertEquals(ConsensusFlavor.MICRODESC, micro.flavor());
    assertEquals(
        CtorDocs.expected().required("consensus_microdesc_sha256").asText(),
        micro.signedDigest().hex().toUpperCase(Locale.ROOT));
    assertTrue(micro.signatures().stream().allMatch(s -> s.algorithm().equals("sha256")));
  }

  @Test
  void consensus_ofCtor_hasItsFields() {
    Consensus ns = CtorDocs.consensus("consensus");
    ConsensusPreamble preamble = ns.preamble();
    assertEquals(35, preamble.method());
    assertEquals(Instant.parse("2026-11-22T19:44:20Z"), ns.lifetime().validAfter());
    assertEquals(Duration.ofSeconds(20), ns.lifetime().interval());
    assertEquals(Instant.parse("2026-11-22T19:45:00Z"), ns.lifetime().validUntil());
    assertEquals(4, preamble.voteSeconds());
    assertEquals(12, preamble.knownFlags().size());
    assertTrue(preamble.protocols().requiredRelay().supports("HSIntro", 5));
    assertFalse(preamble.protocols().requiredClient().supports("Relay", 3));
    assertEquals(3, preamble.sharedRandom().current().orElseThrow().reveals());
    assertEquals(
        List.of("auth0", "auth2", "auth1"),
        preamble.sources().stream().map(DirSource::nickname).toList());
    DirSource auth2 = preamble.sources().get(1);
    assertEquals(20021, auth2.dirPort().port());
    assertEquals(20020, auth2.orPort());
    assertEquals("auth2@test.invalid", auth2.contact());
    assertEquals(
        "9ea137d1a0dde153dc1070a39f24b824edc86647", requireNonNull(auth2.voteDigest()).hex());
    assertEquals(19, ns.bandwidthWeights().size());
  }

  @Test
  void relays_ofCtor_matchWhatTheAuthoritiesWereTold() {
    Consensus ns = CtorDocs.consensus("consensus");
    JsonNode expected = CtorDocs.expected().required("relays");
    assertEquals(expected.size(), ns.relays().size());
    for (JsonNode relay : expected) {
      RouterStatus status =
          ns.relays().stream()
              .filter(r -> r.nickname().equals(relay.required("nickname").asText()))
              .findFirst()
              .orElseThrow();
      assertEquals(relay.required("fingerprint").asText(), status.identity().hex());
      assertEquals(
          relay.required("descriptor_digest_sha1").asText(),
          status.descriptorDigest().orElseThrow().hex().toUpperCase(Locale.ROOT));
      assertTrue(status.has(RelayFlag.RUNNING));
      assertTrue(status.protocols().supports("Relay", 6));
      assertEquals("Tor 0.4.9.11", status.version());
      assertTrue(status.unmeasured());
      assertTrue(status.bandwidth() > 0);
    }
    RouterStatus relay0 =
        ns.relays().stream().filter(r -> r.nickname().equals("relay0")).findFirst().orElseThrow();
    assertTrue(requireNonNull(relay0.policy()).allows(80));
    assertEquals(20030, relay0.orPort().port());
    assertEquals(82, relay0.bandwidth());
    assertEquals(Instant.parse("2026-11-22T19:33:51Z"), relay0.published());
  }

  @Test
  void verify_withCertificatesOfAMinority_saysWhichAreMissing() throws Exception {
    UnverifiedConsensus parsed = UnverifiedConsensus.parse(CtorDocs.text("consensus"));
    List<KeyCertificate> one = CtorDocs.certificates().subList(0, 1);
    UntrustedException e =
        assertThrows(
            UntrustedException.class, () -> parsed.verify(CtorDocs.v3idents(), one, CtorDocs.NOW));
    assertEquals(UntrustedException.Reason.MISSING_CERTIFICATES, e.reason());
    assertEquals(2, e.missing().size());
    parsed.verify(CtorDocs.v3idents(), CtorDocs.certificates().subList(0, 2), CtorDocs.NOW);
  }

  @Test
  void verify_whenMostAuthoritiesDidNotSign_isRefused() throws Exception {
    Set<RsaIdentity> more = new HashSet<>(CtorDocs.v3idents());
    for (int i = 1; i <= 3; i++) {
      byte[] id = new byte[20];
      id[0] = (byte) i;
      more.add(RsaIdentity.of(id));
    }
    UnverifiedConsensus parsed = UnverifiedConsensus.parse(CtorDocs.text("consensus"));
    UntrustedException e =
        assertThrows(
            UntrustedException.class,
            () -> parsed.verify(more, CtorDocs.certificates(), CtorDocs.NOW));
    assertEquals(UntrustedException.Reason.TOO_FEW_SIGNATURES, e.reason());
  }

  @Test
  void verify_withAByteChangedInTheSignedPart_isRefused() throws Exception {
    String changed =
        CtorDocs.text("consensus-microdesc").text().replaceFirst("Bandwidth=96", "Bandwidth=97");
    UnverifiedConsensus parsed = UnverifiedConsensus.parse(NetdocText.of(changed));
    UntrustedException e =
        assertThrows(
            UntrustedException.class,
            () -> parsed.verify(CtorDocs.v3idents(), CtorDocs.certificates(), CtorDocs.NOW));
    assertEquals(UntrustedException.Reason.TOO_FEW_SIGNATURES, e.reason());
  }

  @Test
  void verify_aDayAfterItsEnd_isRefusedAsExpired() throws Exception {
    UnverifiedConsensus parsed = UnverifiedConsensus.parse(CtorDocs.text("consensus"));
    Instant end = Instant.parse("2026-11-22T19:45:00Z");
    parsed.verify(CtorDocs.v3idents(), CtorDocs.certificates(), end.plus(Duration.ofHours(24)));
    UntrustedException e =
        assertThrows(
            UntrustedException.class,
            () ->
                parsed.verify(
                    CtorDocs.v3idents(),
                    CtorDocs.certificates(),
                    end.plus(Duration.ofHours(24)).plusSeconds(1)));
    assertEquals(UntrustedException.Reason.EXPIRED, e.reason());
  }

  @Test
  void verify_withExpiredCertificates_countsThemAsMissing() throws Exception {
    UnverifiedConsensus parsed = UnverifiedConsensus.parse(CtorDocs.text("consensus"));
    Instant yearLater = CtorDocs.NOW.plus(Duration.ofDays(366));
    UntrustedException e =
        assertThrows(
            UntrustedException.class,
            () -> parsed.verify(CtorDocs.v3idents(), CtorDocs.certificates(), yearLater));
    assertEquals(UntrustedException.Reason.MISSING_CERTIFICATES, e.reason());
  }
}
