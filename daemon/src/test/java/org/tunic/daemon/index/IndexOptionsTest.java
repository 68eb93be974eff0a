package org.tunic.daemon.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tunic.daemon.config.ConfigException;

/** Arguments of {@code tunic index}. */
class IndexOptionsTest {
  @TempDir Path folder;

  private IndexOptions parse(String... arguments) throws ConfigException {
    return IndexOptions.parse(List.of(arguments), folder);
  }

  @Test
  void parse_nothing_hasDefaults() throws Exception {
    IndexOptions options = parse();
    assertEquals("Torrent index", options.title());
    assertEquals(Optional.empty(), options.tracker());
    assertEquals(List.of("--SocksPort", "0"), options.torrc());
    assertFalse(options.accountsOnly());
  }

  @Test
  void parse_everything_isTaken() throws Exception {
    Files.writeString(folder.resolve("about"), "One\ntwo.\n\n Three.\n\n\n");
    IndexOptions options =
        parse(
            "--torrc",
            "net",
            "--data",
            "d",
            "--key-directory",
            "k",
            "--clearnet-listen",
            "127.0.0.1:8080",
            "--title",
            "Mine",
            "--about",
            "about",
            "--announce",
            "http://x.onion/announce",
            "--accounts-only",
            "--operator-id",
            "ab".repeat(32),
            "--Log",
            "info stdout");
    assertEquals(Optional.of(folder.resolve("d")), options.data());
    assertEquals(Optional.of(folder.resolve("k")), options.keyDirectory());
    assertEquals(8080, options.clearnetListen().orElseThrow().getPort());
    assertEquals(List.of("One\ntwo.", "Three."), options.about());
    assertEquals(List.of("http://x.onion/announce"), options.announce());
    assertTrue(options.accountsOnly());
    assertEquals(32, options.operator().orElseThrow().length());
    assertEquals(List.of("-f", "net", "--SocksPort", "0", "--Log", "info stdout"), options.torrc());
  }

  @Test
  void parse_withTracker_handsItsOptionsOn() throws Exception {
    IndexOptions options =
        parse(
            "--torrc",
            "net",
            "--with-tracker",
            "--tracker-listen",
            "127.0.0.1:6969",
            "--interval",
            "120",
            "--Nickname",
            "x");
    assertEquals(6969, options.tracker().orElseThrow().clearnetListen().orElseThrow().getPort());
    assertEquals(120, options.tracker().orElseThrow().interval().toSeconds());
    assertEquals(List.of("-f", "net", "--SocksPort", "0", "--Nickname", "x"), options.torrc());
    assertEquals(Optional.empty(), options.clearnetListen());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--data",
        "--clearnet-listen localhost:1",
        "--clearnet-listen 127.0.0.1",
        "--operator-id ab",
        "--announce ftp://x",
        "--about missing",
        "--tracker-listen 127.0.0.1:1"
      })
  void parse_wrong_saysWhy(String arguments) {
    assertThrows(ConfigException.class, () -> parse(arguments.split(" ", -1)));
  }
}
