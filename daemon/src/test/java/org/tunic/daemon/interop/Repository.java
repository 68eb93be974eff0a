package org.tunic.daemon.interop;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where things lie in the working tree. Threads: immutable. */
final class Repository {
  private Repository() {}

  /** The directory that holds {@code daemon/} and the root pom, found upwards from here. */
  static Path root() {
    for (Path dir = Path.of("").toAbsolutePath(); dir != null; dir = dir.getParent()) {
      if (Files.isRegularFile(dir.resolve("daemon/pom.xml"))) {
        return dir;
      }
    }
    throw new AssertionError("not inside the working tree: " + Path.of("").toAbsolutePath());
  }
}
