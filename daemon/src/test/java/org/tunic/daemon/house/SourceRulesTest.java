package org.tunic.daemon.house;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What can only be seen in the sources: marks of unfinished work. */
class SourceRulesTest {
  // Put together so that this file does not break its own rule.
  private static final Pattern MARK = Pattern.compile("\\b(" + "TO" + "DO|FIX" + "ME|XX" + "X)\\b");
  private static final Pattern NAMED = Pattern.compile("\\bTO" + "DO\\(#\\d+\\)");
  private static final int FEWEST_SOURCES = 100;

  /** The marks in {@code text} that do not name an issue, one line each. */
  private static List<String> namelessMarks(String text) {
    return text.lines()
        .filter(line -> MARK.matcher(NAMED.matcher(line).replaceAll("")).find())
        .toList();
  }

  @Test
  void sources_withUnfinishedWork_nameAnIssue() throws IOException {
    List<String> found = new ArrayList<>();
    int files = 0;
    for (Path source : sources()) {
      files++;
      for (String line : namelessMarks(Files.readString(source, UTF_8))) {
        found.add(source + ": " + line.strip());
      }
    }
    assertTrue(files >= FEWEST_SOURCES, "only " + files + " sources found");
    assertEquals(List.of(), found);
  }

  @Test
  void namelessMarks_ofControl_areFound() {
    String mark = "TO" + "DO";
    assertEquals(
        List.of("// " + mark + " later", "// FIX" + "ME"),
        namelessMarks("// " + mark + " later\n// " + mark + "(#12) later\n// FIX" + "ME\nfine"));
  }

  private static List<Path> sources() throws IOException {
    Path root = Path.of("").toAbsolutePath();
    while (!Files.isRegularFile(root.resolve("daemon/pom.xml"))) {
      root = Objects.requireNonNull(root.getParent(), "not in the repository");
    }
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .filter(file -> !file.toString().contains("/target/"))
          .toList();
    }
  }

  private static Path root() {
    for (Path dir = Path.of("").toAbsolutePath(); dir != null; dir = dir.getParent()) {
      if (Files.isRegularFile(dir.resolve("daemon/pom.xml"))) {
        return dir;
      }
    }
    throw new AssertionError("not inside the working tree");
  }
}
