package org.tunic.daemon.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TorrcFilesTest {
  @TempDir Path dir;

  private TorrcFiles files;

  @BeforeEach
  void makeFiles() {
    files = new TorrcFiles(dir, notice -> {});
  }

  private void write(String name, String text) throws Exception {
    Path file = dir.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private List<String> read() throws ConfigException {
    return files.read(dir.resolve("torrc"), "torrc").stream()
        .map(line -> line.name() + " " + line.value())
        .toList();
  }

  @Test
  void include_file_standsWhereTheLineWas() throws Exception {
    write("torrc", "A 1\n%include sub/one\nC 3\n");
    write("sub/one", "B 2\n%include sub/two\n");
    write("sub/two", "B 2.5");
    assertEquals(List.of("A 1", "B 2", "B 2.5", "C 3"), read());
  }

  @Test
  void include_directory_readsItsFilesInOrder() throws Exception {
    write("torrc", "%include \"conf.d\"\n");
    write("conf.d/20", "B 2");
    write("conf.d/10", "A 1");
    write("conf.d/.hidden", "X 0");
    write("conf.d/sub/30", "C 3");
    assertEquals(List.of("A 1", "B 2"), read());
  }

  @Test
  void include_pattern_matchesInOrder() throws Exception {
    write("torrc", "%include conf.d/*.conf\n%include */[0-9]?.x\n%include none/*\n");
    write("conf.d/b.conf", "B 2");
    write("conf.d/a.conf", "A 1");
    write("conf.d/a.conf~", "X 0");
    write("conf.d/.c.conf", "X 0");
    write("conf.d/1y.x", "Y 1");
    write("conf.d/yy.x", "X 0");
    assertEquals(List.of("A 1", "B 2", "Y 1"), read());
  }

  @Test
  void include_ofItself_isRefused() throws Exception {
    write("torrc", "%include torrc\n");
    ConfigException e = assertThrows(ConfigException.class, this::read);
    assertTrue(e.getMessage().contains("nests deeper than 31 files"), e.getMessage());
  }

  @Test
  void include_thatMultiplies_isStopped() throws Exception {
    write("torrc", "%include torrc\n".repeat(2));
    write("torrc", "%include a\n".repeat(20));
    write("a", "%include b\n".repeat(20));
    write("b", "%include c\n".repeat(20));
    write("c", "A 1\n");
    ConfigException e = assertThrows(ConfigException.class, this::read);
    assertTrue(e.getMessage().contains("more than 4096"), e.getMessage());
  }

  @Test
  void include_badPattern_isRefused() throws Exception {
    write("torrc", "%include conf/[z-a]\n");
    write("conf/x", "A 1\n");
    ConfigException e = assertThrows(ConfigException.class, this::read);
    assertTrue(e.getMessage().startsWith("torrc:1: cannot include"), e.getMessage());
  }

  @Test
  void error_inIncludedFile_namesThatFileAndLine() throws Exception {
    write("torrc", "%include one\n");
    write("one", "A 1\nB \"open\n");
    ConfigException e = assertThrows(ConfigException.class, this::read);
    assertTrue(e.getMessage().startsWith(dir.resolve("one") + ":2: "), e.getMessage());
  }

  @Test
  void read_directoryInsteadOfFile_isRefused() {
    ConfigException e = assertThrows(ConfigException.class, () -> files.read(dir, "x"));
    assertTrue(e.getMessage().contains("it is not a regular file"), e.getMessage());
  }
}
