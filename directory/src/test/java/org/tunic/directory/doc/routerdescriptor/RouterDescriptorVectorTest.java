package org.tunic.directory.doc.routerdescriptor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tunic.crypto.cert.Ed25519Certificate;
import org.tunic.crypto.key.Ed25519Keypair;
import org.tunic.directory.CtorDocs;
import org.tunic.directory.doc.extrainfo.ExtraInfo;
import org.tunic.directory.netdoc.DocumentSyntaxException;
import org.tunic.directory.netdoc.NetdocText;
import org.tunic.testing.SeededRandom;

class RouterDescriptorVectorTest {
  private static List<RouterDescriptor> all() {
    return RouterDescriptor.parseAll(CtorDocs.text("server-descriptors"));
  }

  private static RouterDescriptor descriptor(String nickname) {
    return all().stream().filter(d -> d.nickname().equals(nickname)).findFirst().orElseThrow();
  }

  @Test
  void descriptors_ofCtor_haveTheExpectedDigestsAndKeys() {
    JsonNode expected = CtorDocs.expected().required("relays");
    assertEquals(expected.size(), all().size());
    for (JsonNode relay : expected) {
      RouterDescriptor descriptor = descriptor(relay.required("nickname").asText());
      assertEquals(relay.required("fingerprint").asText(), descriptor.identity().hex());
      assertEquals(
          relay.required("descriptor_digest_sha1").asText(),
          descriptor.digest().hex().toUpperCase(Locale.ROOT));
      assertEquals(
          relay.required("ed25519_id").asText(), descriptor.ids().ed().orElseThrow().bytes().hex());
      assertEquals(
          relay.required("ntor_onion_key").asText(), descriptor.ntorOnionKey().bytes().hex());
    }
  }

  @Test
  void descriptor_ofCtorExit_hasItsFields() {
    RouterDescriptor relay0 = descriptor("relay0");
    RouterContents contents = relay0.contents();
    assertEquals("127.0.0.1:20030", contents.orPort().unredacted());
    assertEquals(0, contents.dirPort());
    assertEquals("Tor 0.4.9.11 on Linux", contents.platform());
    assertTrue(contents.protocols().startsWith("Conflux=1 Cons=1-2"));
    assertEquals(Instant.parse("2026-11-22T19:33:51Z"), contents.published());
    assertEquals(67, contents.uptimeSeconds());
    assertEquals(82346, contents.bandwidth().observed());
    assertEquals("relay0@test.invalid", contents.contact());
    assertTrue(contents.hiddenServiceDir());
    assertTrue(contents.tunnelledDirServer());
    assertFalse(contents.hibernating());
    assertTrue(contents.policy().isGeneralExit(true));
    assertTrue(relay0.tapKey().isPresent());
    assertEquals(relay0.digest().length(), 20);
    assertTrue(relay0.certificatesExpire().isAfter(contents.published()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"relay0", "auth0"})
  void sign_withTheKeysOfCtor_makesTheSameDescriptor(String relay) {
    RouterDescriptor theirs = descriptor(relay);
    RouterDescriptor ours = RouterDescriptor.sign(theirs.contents(), CtorDocs.signingKeys(relay));
    assertEquals(theirs.text().text(), ours.text().text());
    assertEquals(theirs, ours);
  }

  @Test
  void parse_withAnnotationsBeforeOrBlankLinesAround_keepsTheDescriptorAlone() throws Exception {
    String text = descriptor("relay0").text().text();
    RouterDescriptor parsed = RouterDescriptor.parse(NetdocText.of("\n" + text + "\n\n"));
    assertEquals(text, parsed.text().text());
    assertEquals(descriptor("relay0").digest(), parsed.digest());
  }

  @ParameterizedTest
  @CsvSource({
    "router relay0,                 router relay9,                    router-sig-ed25519",
    "uptime 67,                     uptime 68,                        router-sig-ed25519",
    "router relay0 127.0.0.1 20030, router relay0 127.0.0.1 0,        router",
    "router relay0 127.0.0.1,       router relay0 localhost,          router",
    "router relay0,                 router relay-0,                   router",
    "fingerprint 3A99,              fingerprint 3A98,                 fingerprint",
    "ntor-onion-key-crosscert 0,    ntor-onion-key-crosscert 1,       ntor-onion-key-crosscert",
    "ntor-onion-key-crosscert 0,    ntor-onion-key-crosscert 2,       ntor-onion-key-crosscert",
    "accept *:*,                    accept6 *:*,                      accept6",
    "accept *:*,                    contacts *:*,                     accept or reject",
    "accept *:*,                    accept nowhere:80,                accept",
    "master-key-ed25519 QQ,         master-key-ed25519 QR,            master-key-ed25519",
    "bandwidth 1073741824,          bandwidth 0,                      bandwidth",
    "proto Conflux,                 protos Conflux,                   proto",
    "hidden-service-dir,            @purpose bridge,                  @purpose",
    "onion-key-crosscert,           onion-key-crossed,                onion-key",
    "published 2026-11-22,          published 2026-13-22,             published",
  })
  void parse_ofAChangedDescriptor_namesTheItem(String from, String to, String keyword) {
    String text = descriptor("relay0").text().text();
    assertTrue(text.contains(from));
    DocumentSyntaxException e =
        assertThrows(
            DocumentSyntaxException.class,
            () -> RouterDescriptor.parse(NetdocText.of(replaceFirst(text, from, to))));
    assertEquals(keyword, e.keyword(), e.getMessage());
  }

  private static String replaceFirst(String text, String from, String to) {
    int at = text.indexOf(from);
    return text.substring(0, at) + to + text.substring(at + from.length());
  }

  @Test
  void parse_withAnotherRsaSignature_isRefused() {
    String text = descriptor("relay0").text().text();
    String other = descriptor("relay1").text().text();
    String mixed =
        text.substring(0, text.indexOf("router-signature"))
            + other.substring(other.indexOf("router-signature"));
    DocumentSyntaxException e =
        assertThrows(
            DocumentSyntaxException.class, () -> RouterDescriptor.parse(NetdocText.of(mixed)));
    assertEquals("router-signature", e.keyword());
  }

  @Test
  void sign_withFamilyKeys_provesTheFamilyIds() {
    RelaySigningKeys keys = CtorDocs.signingKeys("relay0");
    SeededRandom random = new SeededRandom(7);
    Ed25519Keypair one = Ed25519Keypair.generate(random);
    Ed25519Keypair two = Ed25519Keypair.generate(random);
    RelaySigningKeys withFamilies =
        new RelaySigningKeys(
            keys.identity(),
            keys.tapOnionKey(),
            keys.ntorOnionKey(),
            keys.signing(),
            keys.signingCertificate(),
            List.of(one, two));
    RouterDescriptor signed = RouterDescriptor.sign(descriptor("relay0").contents(), withFamilies);
    List<String> expected =
        List.of(one, two).stream().map(k -> "ed25519:" + k.identity().base64()).sorted().toList();
    assertEquals(expected, signed.familyIds());
  }

  @Test
  void extraInfos_ofCtor_belongToTheirDescriptors() {
    List<ExtraInfo> extraInfos = ExtraInfo.parseAll(CtorDocs.text("extra-infos"));
    assertFalse(extraInfos.isEmpty());
    for (ExtraInfo extraInfo : extraInfos) {
      RouterDescriptor own =
          all().stream()
              .filter(d -> d.identity().equals(extraInfo.identity()))
              .findFirst()
              .orElseThrow();
      assertTrue(extraInfo.belongsTo(own), extraInfo.nickname());
      assertEquals(
          1, all().stream().filter(extraInfo::belongsTo).count(), "belongs to one descriptor only");
    }
  }

  @Test
  void signedExtraInfo_withTheKeysOfCtor_isTheSame() {
    ExtraInfo theirs =
        ExtraInfo.parseAll(CtorDocs.text("extra-infos")).stream()
            .filter(e -> e.nickname().equals("relay0"))
            .findFirst()
            .orElseThrow();
    ExtraInfo ours =
        ExtraInfo.sign("relay0", theirs.published(), List.of(), CtorDocs.signingKeys("relay0"));
    assertEquals(theirs.text().text(), ours.text().text());
  }

  @Test
  void certificatesExpire_isTheEarliest() {
    RouterDescriptor relay0 = descriptor("relay0");
    Ed25519Certificate signing = CtorDocs.signingKeys("relay0").signingCertificate();
    Instant ntor = relay0.published().plus(RouterDescriptor.ONION_KEY_LIFETIME);
    assertTrue(relay0.certificatesExpire().isBefore(ntor.plus(Duration.ofHours(1))));
    assertFalse(relay0.certificatesExpire().isAfter(signing.expires()));
  }
}
