package org.tunic.crypto.pow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.hs.HsBlindedId;
import org.tunic.crypto.identity.Ed25519Identity;
import org.tunic.testing.SeededRandom;
import org.tunic.testing.Vectors;

/** C tor's solutions: verified, and those of little effort found again. */
class PowV1VectorTest {
  private static final JsonNode FILE = Vectors.json("rend-spec/hs-pow.json");

  /** Challenges that a test may try, some 10 ms each. */
  private static final int PATIENCE = 12;

  /** That a nonce was not used before, no verification of one solution can know. */
  private static Stream<JsonNode> verifications() {
    return Vectors.each(FILE, "verify")
        .filter(v -> !v.required("comment").asText().equals("Reject replays"));
  }

  private static Stream<JsonNode> solutions() {
    return Vectors.each(FILE, "solve");
  }

  private static Bytes bytes(JsonNode v, String name) {
    return Bytes.copyOf(Vectors.hex(v, name));
  }

  private static HsBlindedId service(JsonNode v) {
    return new HsBlindedId(new Ed25519Identity(bytes(v, "blinded_id")));
  }

  private static PowSeed seed(JsonNode v) {
    return new PowSeed(bytes(v, "seed"));
  }

  private static PowSolution solution(JsonNode v, long effort) {
    return new PowSolution(bytes(v, "nonce"), effort, seed(v).head(), bytes(v, "solution"));
  }

  @ParameterizedTest
  @MethodSource("verifications")
  void verify_vectorSolution_saysWhatCTorSays(JsonNode v) {
    PowSolution solution = solution(v, v.required("claimed_effort").asLong());
    assertEquals(
        v.required("accepted").asBoolean(),
        PowV1.verify(solution, service(v), seed(v)),
        v.required("comment").asText());
  }

  @ParameterizedTest
  @MethodSource("solutions")
  void verify_solvedVector_isTrueForItsServiceAndSeedAlone(JsonNode v) {
    PowSolution solution = solution(v, v.required("effort").asLong());
    assertTrue(PowV1.verify(solution, service(v), seed(v)));
    byte[] other = seed(v).bytes().toArray();
    other[31] ^= 1; // with the same head
    assertFalse(PowV1.verify(solution, service(v), new PowSeed(Bytes.copyOf(other))));
    var stranger = new HsBlindedId(Ed25519Identity.of(new SeededRandom(1).bytes(32)));
    assertFalse(PowV1.verify(solution, stranger, seed(v)));
  }

  @ParameterizedTest
  @MethodSource("solutions")
  void solve_fromTheFirstNonce_findsTheVectorOrIsStillAtIt(JsonNode v) {
    AtomicInteger left = new AtomicInteger(PATIENCE);
    long effort = v.required("effort").asLong();
    Optional<PowSolution> found =
        new PowSolver()
            .solve(
                service(v),
                seed(v),
                effort,
                Vectors.hex(v, "first_nonce"),
                () -> left.getAndDecrement() > 0);
    assertEquals(steps(v) < PATIENCE, found.isPresent());
    found.ifPresent(solution -> assertEquals(solution(v, effort), solution));
  }

  private static long steps(JsonNode v) {
    return little(v, "nonce") - little(v, "first_nonce");
  }

  /** The low 63 bits, enough for differences. */
  private static long little(JsonNode v, String name) {
    byte[] nonce = Vectors.hex(v, name);
    long value = 0;
    for (int i = 7; i >= 0; i--) {
      value = value << 8 | (nonce[i] & 0xff);
    }
    return value;
  }

  @ParameterizedTest
  @CsvSource({"0, true", "1, true", "4294967295, false"})
  void isWorth_extremes_asExpected(long effort, boolean expected) {
    byte[] challenge = new byte[PowV1.CHALLENGE_LENGTH];
    assertEquals(expected, PowV1.isWorth(challenge, Bytes.copyOf(new byte[16]), effort));
  }

  @Test
  void verify_seedHeadOfAnotherSeed_isFalse() {
    JsonNode v = solutions().findFirst().orElseThrow();
    PowSolution good = solution(v, v.required("effort").asLong());
    var bad = new PowSolution(good.nonce(), good.effort(), Bytes.copyOf(new byte[4]), good.equix());
    assertFalse(PowV1.verify(bad, service(v), seed(v)));
  }

  @Test
  void solve_toldToStop_stops() {
    JsonNode v = solutions().findFirst().orElseThrow();
    assertEquals(
        Optional.empty(),
        new PowSolver()
            .solve(service(v), seed(v), PowSolution.MAX_EFFORT, new SeededRandom(1), () -> false));
  }
}
