package org.tunic.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Test vectors on the class path below {@code /vectors/<spec area>/}, each with its origin inside.
 *
 * <p>Threads: any, because it has no state.
 */
public final class Vectors {
  private Vectors() {}

  /** Reads a JSON file, such as {@code tor-spec/ntor.json}. */
  public static JsonNode json(String path) {
    try {
      return new ObjectMapper().readTree(bytes(path));
    } catch (IOException e) {
      throw new UncheckedIOException("vector " + path, e);
    }
  }

  /** Reads any file as bytes. */
  public static byte[] bytes(String path) {
    try (InputStream in = Vectors.class.getResourceAsStream("/vectors/" + path)) {
      if (in == null) {
        throw new IllegalArgumentException("no vector " + path);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("vector " + path, e);
    }
  }

  /** Reads any file as text. */
  public static String text(String path) {
    return new String(bytes(path), StandardCharsets.UTF_8);
  }

  /** The hexadecimal field {@code name}, which must be there. */
  public static byte[] hex(JsonNode node, String name) {
    return HexFormat.of().parseHex(node.required(name).asText());
  }

  /**
   * The elements of the array {@code name}, which must be there: the source of a parameterised
   * test.
   */
  public static Stream<JsonNode> each(JsonNode node, String name) {
    return StreamSupport.stream(node.required(name).spliterator(), false);
  }
}
