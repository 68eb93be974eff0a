package org.tunic.crypto.hs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.identity.Ed25519Identity;
import org.tunic.crypto.key.Ed25519;
import org.tunic.crypto.key.Ed25519Keypair;
import org.tunic.crypto.secret.SecretBytes;
import org.tunic.testing.Vectors;

/** C tor's values: addresses, indices, periods, blinded keys, revision counters. */
class HsVectorTest {
  private static final JsonNode INDEX = Vectors.json("rend-spec/hs-index.json");
  private static final JsonNode LIVE = Vectors.json("rend-spec/hs-descriptor-live.json");

  private static Stream<JsonNode> keys() {
    return Vectors.each(Vectors.json("cert-spec/ed25519.json"), "keys");
  }

  private static Stream<JsonNode> periods() {
    return Vectors.each(INDEX, "time_period");
  }

  private static Stream<JsonNode> counters() {
    return Vectors.each(Vectors.json("rend-spec/ope.json"), "values");
  }

  private static Bytes bytes(JsonNode v, String name) {
    return Bytes.copyOf(Vectors.hex(v, name));
  }

  private static TimePeriod period(JsonNode v) {
    return new TimePeriod(v.required("period_num").asLong(), v.required("period_length").asInt());
  }

  @Test
  void address_vectorKey_isTheVectorsBothWays() throws Exception {
    JsonNode v = INDEX.required("onion_address");
    HsId id = new HsId(new Ed25519Identity(bytes(v, "public")));
    String address = v.required("address").asText();
    assertEquals(address, id.unredacted());
    assertEquals(id, HsId.parse(address));
    assertEquals(id, HsId.parse(address.toUpperCase(Locale.ROOT) + ".Onion"));
  }

  @Test
  void index_ofReplicaAndRelay_areTheVectors() {
    JsonNode v = INDEX.required("hs_index");
    var blinded = new HsBlindedId(new Ed25519Identity(bytes(v, "blinded_public")));
    assertEquals(
        bytes(v, "output"),
        HsIndex.ofReplica(blinded, v.required("replica").asInt(), period(v)).bytes());
    v = INDEX.required("hsdir_index");
    assertEquals(
        bytes(v, "output"),
        HsIndex.ofRelay(new Ed25519Identity(bytes(v, "ed25519_id")), bytes(v, "srv"), period(v))
            .bytes());
  }

  @ParameterizedTest
  @MethodSource("periods")
  void periodAt_vectorTime_isTheVectors(JsonNode v) {
    int minutes = v.required("period_length_minutes").asInt();
    HsSchedule schedule = HsSchedule.of(minutes, Duration.ofHours(1));
    assertEquals(
        new TimePeriod(v.required("period_num").asLong(), minutes),
        schedule.periodAt(Instant.parse(v.required("time_utc").asText())));
  }

  @Test
  void testingNetwork_liveDescriptor_hasItsPeriodAndKeys() throws Exception {
    Instant validAfter =
        LocalDateTime.parse(LIVE.required("valid_after").asText().replace(' ', 'T'))
            .toInstant(ZoneOffset.UTC);
    HsSchedule schedule = HsSchedule.ofTestingNetwork(Duration.ofSeconds(20));
    TimePeriod period = schedule.periodAt(validAfter);
    assertEquals(
        new TimePeriod(
            LIVE.required("period_num").asLong(), LIVE.required("period_length_minutes").asInt()),
        period);
    try (var identity = HsIdKeypair.fromExpanded(Vectors.hex(LIVE, "identity_expanded_secret"));
        var blinded = identity.blind(period);
        var counters = blinded.revisionCounters()) {
      assertEquals(LIVE.required("onion_address").asText(), identity.id().unredactedHost());
      assertEquals(bytes(LIVE, "blinded_public"), blinded.id().key().bytes());
      assertEquals(blinded.id(), identity.id().blind(period));
      assertEquals(bytes(LIVE, "subcredential"), blinded.subcredential().bytes());
      // The counter is of a moment shortly after; find it to know that key and run are right.
      long wanted = LIVE.required("revision_counter").asLong();
      Instant run = schedule.previousRunStart(validAfter);
      assertTrue(
          Stream.iterate(run, t -> t.plusSeconds(1))
              .limit(2 * 8 * 60 + 60)
              .anyMatch(t -> counters.at(t, run) == wanted));
    }
  }

  @ParameterizedTest
  @MethodSource("counters")
  void revisionCounter_vectorSeconds_isTheVectors(JsonNode v) {
    byte[] key = Vectors.hex(Vectors.json("rend-spec/ope.json"), "key");
    try (var counters = new RevisionCounters(SecretBytes.copyOf(key))) {
      assertEquals(v.required("result").asLong(), counters.encrypt(v.required("seconds").asInt()));
    }
  }

  @ParameterizedTest
  @MethodSource("keys")
  void blind_vectorFactor_givesVectorKeysThatSign(JsonNode v) throws Exception {
    Bytes factor = bytes(v, "blinding_param");
    Ed25519Identity blinded = new Ed25519Identity(bytes(v, "blinded_public"));
    assertEquals(
        blinded, Ed25519.blind(new Ed25519Identity(bytes(v, "public")), factor).orElseThrow());
    try (var keys = Ed25519Keypair.fromExpanded(Vectors.hex(v, "expanded_secret"));
        var secret = keys.blind(factor)) {
      assertArrayEquals(Vectors.hex(v, "blinded_secret"), secret.expandedSecret().borrow());
      assertEquals(blinded, secret.identity());
      byte[] message = Arrays.copyOf(Vectors.hex(v, "public"), 20);
      assertTrue(Ed25519.verify(blinded, message, secret.sign(message)));
    }
  }
}
