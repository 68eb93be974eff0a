package org.tunic.ledger;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Assumptions;
import org.tunic.ledger.curve.Curve;
import org.tunic.ledger.curve.CurveMissingException;

/**
 * Bitcoin's vectors, which stay outside the tree: below {@code bitcoin/} in the folder that the
 * property {@code tunic.vectors} names.
 *
 * <p>Where they are missing, as on a plain clone, a test that asks for one is skipped; with CI=true
 * it fails.
 *
 * <p>Threads: any, because it has no state.
 */
public final class BitcoinVectors {
  private static final ObjectMapper JSON = new ObjectMapper();

  private BitcoinVectors() {}

  /** Reads a JSON file, such as {@code core/sighash.json}. */
  public static JsonNode json(String path) {
    try {
      return JSON.readTree(bytes(path));
    } catch (IOException e) {
      throw new UncheckedIOException(path, e);
    }
  }

  /** The elements of an array in a file. */
  public static Stream<JsonNode> each(String path) {
    return StreamSupport.stream(json(path).spliterator(), false);
  }

  /** Reads any file as bytes. */
  public static byte[] bytes(String path) {
    Path folder = Path.of(System.getProperty("tunic.vectors", "missing"), "bitcoin");
    if (!Files.isDirectory(folder)) {
      if ("true".equals(System.getenv("CI"))) {
        throw new AssertionError("no vectors in " + folder);
      }
      Assumptions.abort("no vectors in " + folder);
    }
    try {
      return Files.readAllBytes(folder.resolve(path));
    } catch (IOException e) {
      throw new UncheckedIOException(path, e);
    }
  }

  /** libsecp256k1, without which no test of signatures means anything. */
  public static Curve curve() {
    try {
      return Curve.load();
    } catch (CurveMissingException e) {
      throw new AssertionError(e);
    }
  }
}
