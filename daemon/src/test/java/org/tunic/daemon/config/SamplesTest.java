package org.tunic.daemon.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The torrc samples of {@code config/}, which an operator copies. */
final class SamplesTest {
  private static final Path FOLDER = Path.of("..", "config");

  static Stream<String> samples() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.startsWith("torrc."))
          .sorted()
          .toList()
          .stream();
    }
  }

  private static ConfigLoader.Loaded load(String text, String name) throws ConfigException {
    return ConfigLoader.parse(text, name, Torrcs.ENVIRONMENT);
  }

  @ParameterizedTest
  @MethodSource("samples")
  void load_sampleAsItIs_isValidWithoutWarning(String name) throws Exception {
    String text = Files.readString(FOLDER.resolve(name));
    if (name.equals("torrc.testing")) {
      text += Torrcs.DIR_AUTHORITY;
    }
    List<String> warnings =
        load(text, name).warnings().stream()
            .filter(warning -> !warning.contains("use it for networks of your own only"))
            .toList();
    assertEquals(List.of(), warnings);
  }

  @ParameterizedTest
  @MethodSource("samples")
  void load_sampleWithItsSuggestions_knowsEveryOption(String name) throws Exception {
    for (String line : Files.readAllLines(FOLDER.resolve(name))) {
      if (line.matches("#[A-Za-z].*") && !line.contains("...") && !line.contains("NAME=")) {
        String option = line.substring(1).split(" ", 2)[0];
        assertTrue(TorrcOptions.names().contains(option), option);
      }
    }
  }

  @Test
  void load_rolesOfTheSamples_areTheOnesTheyPromise() throws Exception {
    assertTrue(load(sample("client"), "x").config().relay().isEmpty());
    assertFalse(
        load(sample("relay"), "x").config().relay().orElseThrow().exit().policy().isEmpty());
    assertTrue(load(sample("exit"), "x").config().relay().orElseThrow().exit().isWanted());
    assertTrue(load(sample("authority"), "x").config().authority().isPresent());
  }

  private static String sample(String role) throws IOException {
    return Files.readString(FOLDER.resolve("torrc." + role));
  }
}
