package org.tunic.directory.doc.microdescriptor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.tunic.directory.CtorDocs;
import org.tunic.directory.netdoc.NetdocText;

class MicrodescriptorVectorTest {
  @Test
  void microdescriptors_ofCtor_haveTheExpectedDigestsAndKeys() {
    List<Microdescriptor> all = Microdescriptor.parseAll(CtorDocs.text("microdescriptors"));
    Set<String> digests = new HashSet<>();
    CtorDocs.expected().required("microdescriptor_sha256").forEach(d -> digests.add(d.asText()));
    assertEquals(digests, new HashSet<>(all.stream().map(Microdescriptor::digestBase64).toList()));
    for (JsonNode relay : CtorDocs.expected().required("relays")) {
      Microdescriptor micro =
          all.stream()
              .filter(
                  m ->
                      m.ed25519Identity()
                          .orElseThrow()
                          .bytes()
                          .hex()
                          .equals(relay.required("ed25519_id").asText()))
              .findFirst()
              .orElseThrow();
      assertEquals(relay.required("ntor_onion_key").asText(), micro.ntorOnionKey().bytes().hex());
    }
    assertTrue(all.stream().anyMatch(m -> m.policy().allows(80)));
    assertTrue(all.stream().anyMatch(m -> m.policy().isRejectAll()));
  }

  @Test
  void cacheEntry_readBack_isTheSame() throws Exception {
    Instant listed = Instant.parse("2026-11-22T19:44:20Z");
    List<Microdescriptor> all = Microdescriptor.parseAll(CtorDocs.text("microdescriptors"));
    StringBuilder file = new StringBuilder();
    all.forEach(m -> file.append(m.cacheEntry(listed)));
    List<NetdocText> parts = NetdocText.of(file.toString()).split("onion-key");
    assertEquals(all.size(), parts.size());
    for (int i = 0; i < parts.size(); i++) {
      Microdescriptor.Cached cached = Microdescriptor.parseCached(parts.get(i));
      assertEquals(all.get(i), cached.microdescriptor());
      assertEquals(listed, cached.lastListed());
    }
  }
}
