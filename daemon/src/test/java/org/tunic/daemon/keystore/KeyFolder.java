package org.tunic.daemon.keystore;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.tunic.daemon.config.Config.KeyLifetimes;

/** Folders of keys for tests: those that C tor wrote, and ways to look at one. */
final class KeyFolder {
  static final KeyLifetimes LIFETIMES =
      new KeyLifetimes(Duration.ofDays(30), Duration.ofDays(1), false);

  static final KeyLifetimes OFFLINE =
      new KeyLifetimes(Duration.ofDays(30), Duration.ofDays(1), true);

  private KeyFolder() {}

  /** Puts the keys of one node of the recorded network into a folder, with mode 0600. */
  static void copyCtor(String node, Path to) throws IOException {
    Path from =
        Path.of(
            Objects.requireNonNull(KeyFolder.class.getResource("/vectors/keystore/" + node))
                .getPath());
    for (Path file : list(from)) {
      String name = file.getFileName().toString();
      byte[] content =
          Base64.getMimeDecoder().decode(Files.readString(file, StandardCharsets.US_ASCII));
      Path copy = to.resolve(name.substring(0, name.length() - ".base64".length()));
      Files.write(copy, content);
      Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rw-------"));
    }
  }

  static List<Path> list(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return new ArrayList<>(files.sorted().toList());
    }
  }

  /** Name, mode and content of every file, to see that nothing changed. */
  static Map<String, String> contents(Path folder) throws IOException {
    Map<String, String> contents = new TreeMap<>();
    for (Path file : list(folder)) {
      contents.put(
          file.getFileName()
              + " "
              + PosixFilePermissions.toString(Files.getPosixFilePermissions(file)),
          Base64.getEncoder().encodeToString(Files.readAllBytes(file)));
    }
    return contents;
  }

  /** A moment at which the recorded signing certificates are good. */
  static Instant within(Instant expires) {
    return expires.minus(Duration.ofDays(10));
  }
}
