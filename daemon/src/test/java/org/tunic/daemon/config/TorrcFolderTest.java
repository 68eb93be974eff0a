package org.tunic.daemon.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every torrc of the folders {@code torrc/good} and {@code torrc/bad}. */
final class TorrcFolderTest {
  private static final ConfigLoader.Environment ENVIRONMENT =
      new ConfigLoader.Environment(
          Path.of("/nonexistent"),
          Optional.of(Path.of("/home/op")),
          "op",
          InputStream.nullInputStream());

  static Stream<String> good() throws IOException {
    return names("good");
  }

  static Stream<String> bad() throws IOException {
    return names("bad");
  }

  @ParameterizedTest
  @MethodSource("bad")
  void load_badTorrc_saysPlaceProblemAndRemedyInOneLine(String name) throws Exception {
    String torrc = Files.readString(folder("bad").resolve(name + ".torrc"));
    ConfigException e =
        assertThrows(
            ConfigException.class, () -> ConfigLoader.parse(torrc, name + ".torrc", ENVIRONMENT));
    assertEquals(Files.readString(folder("bad").resolve(name + ".error")), e.getMessage() + "\n");
    assertFalse(e.getMessage().contains("\n"));
  }

  @ParameterizedTest
  @MethodSource("good")
  void load_goodTorrc_warnsExactly(String name) throws Exception {
    String torrc = Files.readString(folder("good").resolve(name + ".torrc"));
    List<String> warnings = ConfigLoader.parse(torrc, name + ".torrc", ENVIRONMENT).warnings();
    List<String> expected = Files.readAllLines(folder("good").resolve(name + ".warnings"));
    assertEquals(String.join("\n", expected), String.join("\n", warnings));
  }

  @ParameterizedTest
  @MethodSource("good")
  void dump_goodTorrc_readsBackTheSame(String name) throws Exception {
    String torrc = Files.readString(folder("good").resolve(name + ".torrc"));
    Config config = ConfigLoader.parse(torrc, name, ENVIRONMENT).config();
    String dumped = config.values().dump(false);
    Config again = ConfigLoader.parse(dumped, name, ENVIRONMENT).config();
    assertEquals(dumped, again.values().dump(false));
    assertEquals(config.values().dump(true), again.values().dump(true));
  }

  private static Stream<String> names(String folder) throws IOException {
    try (Stream<Path> files = Files.list(folder(folder))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".torrc"))
          .map(name -> name.substring(0, name.length() - ".torrc".length()))
          .sorted()
          .toList()
          .stream();
    }
  }

  private static Path folder(String name) {
    return Path.of(
        Objects.requireNonNull(TorrcFolderTest.class.getResource("/torrc/" + name)).getPath());
  }
}
