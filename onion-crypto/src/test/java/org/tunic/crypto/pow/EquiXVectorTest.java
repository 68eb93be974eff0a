package org.tunic.crypto.pow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.testing.SeededRandom;
import org.tunic.testing.Vectors;

/** C tor's values of HashX and Equi-X, and the batch against the walk for one input. */
class EquiXVectorTest {
  private static Stream<JsonNode> hashes() {
    return Vectors.each(Vectors.json("rend-spec/equix.json"), "hashx");
  }

  private static Stream<JsonNode> puzzles() {
    return Vectors.each(Vectors.json("rend-spec/equix.json"), "equix");
  }

  private static byte[] ascii(JsonNode v, String name) {
    return v.required(name).asText().getBytes(StandardCharsets.US_ASCII);
  }

  @ParameterizedTest
  @MethodSource("hashes")
  void hash_vectorSeed_isTheVectors(JsonNode v) {
    long input = Long.parseUnsignedLong(v.required("input_u64").asText());
    long hash = HashXProgram.of(ascii(v, "seed_ascii")).orElseThrow().hash(input);
    byte[] bytes = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(hash).array();
    assertEquals(v.required("output").asText(), Bytes.copyOf(bytes).hex());
  }

  @ParameterizedTest
  @MethodSource("puzzles")
  void solve_vectorChallenge_findsTheVectorsInOrder(JsonNode v) {
    byte[] challenge = ascii(v, "challenge_ascii");
    List<Bytes> solutions = new EquiXSolver().solve(challenge);
    assertEquals(
        Vectors.each(v, "solutions_hex_le").map(JsonNode::asText).toList(),
        solutions.stream().map(Bytes::hex).toList());
    for (Bytes solution : solutions) {
      assertTrue(EquiX.verify(challenge, solution));
    }
  }

  /** Enough programs for lanes to part at every branch. */
  @Test
  void batch_ofManyPrograms_hashesAsOneByOne() {
    SeededRandom random = new SeededRandom(99);
    HashXBatch batch = new HashXBatch();
    long[] hashes = new long[HashXBatch.LANES];
    for (int round = 0; round < 12; round++) {
      HashXProgram program = HashXProgram.of(random.bytes(20)).orElseThrow();
      int first = random.nextInt(256) * HashXBatch.LANES;
      batch.hash(program, first, hashes);
      for (int i = 0; i < HashXBatch.LANES; i++) {
        assertEquals(program.hash(first + i), hashes[i], random + " round " + round);
      }
    }
  }

  @Test
  void verify_changedOrReordered_isFalse() {
    byte[] challenge = "abce".getBytes(StandardCharsets.US_ASCII);
    Bytes solution = new EquiXSolver().solve(challenge).getFirst();
    assertTrue(EquiX.verify(challenge, solution));
    for (int i = 0; i < 16; i++) {
      byte[] changed = solution.toArray();
      changed[i] ^= 1;
      assertFalse(EquiX.verify(challenge, Bytes.copyOf(changed)), "byte " + i);
    }
    Bytes left = solution.slice(0, 8);
    Bytes right = solution.slice(8, 8);
    assertFalse(EquiX.verify(challenge, Bytes.concat(right, left)));
    assertFalse(EquiX.verify("abcf".getBytes(StandardCharsets.US_ASCII), solution));
    assertFalse(EquiX.verify(challenge, Bytes.copyOf(new byte[16])));
  }

  @Test
  void solver_usedAgain_findsTheSame() {
    EquiXSolver solver = new EquiXSolver();
    byte[] challenge = "a".getBytes(StandardCharsets.US_ASCII);
    List<Bytes> first = solver.solve(challenge);
    solver.solve("b".getBytes(StandardCharsets.US_ASCII));
    assertEquals(3, first.size());
    assertEquals(first, solver.solve(challenge));
  }
}
