package org.tunic.daemon.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Oversized documents and decompression bombs in each coding, told to a process with {@value
 * #JAVA_OPTIONS} that fetches as a node does. It refuses each, stays below {@value
 * #MAX_RESIDENT_MIB} MiB, and 64 MiB of honest documents keep half of their rate meanwhile.
 *
 * <p>No option of a node switches these bounds off. The controls do it where they are set: in a
 * process of its own, a request without a limit runs out of memory by an oversized document, and
 * whoever decompresses without the bound on expansion does by a bomb.
 *
 * <p>Spec: dir-spec/outline. Threads: that of the test.
 */
@Isolated // measures rates
class LyingServerIT {
  private static final String JAVA_OPTIONS = "-Xmx320m -XX:MaxDirectMemorySize=128m";
  private static final int MAX_RESIDENT_MIB = 600;
  private static final int OUT_OF_MEMORY = 3; // of -XX:+ExitOnOutOfMemoryError
  private static final int LIMIT_SECONDS = 120;

  private static LyingServer server;

  @BeforeAll
  static void start() throws IOException {
    server = new LyingServer();
  }

  @AfterAll
  static void end() throws IOException {
    server.close();
  }

  private record Ended(int status, String said) {}

  private static Ended run(LiedTo.Mode mode, String... more) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(JAVA_OPTIONS.split(" ", -1)));
    command.addAll(
        List.of(
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:+ExitOnOutOfMemoryError",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            LiedTo.class.getName(),
            Integer.toString(server.port()),
            mode.name()));
    command.addAll(List.of(more));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (var watchdog =
        java.util.concurrent.Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().factory())) {
      var end = watchdog.schedule(process::destroyForcibly, LIMIT_SECONDS, TimeUnit.SECONDS);
      String said =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
      int status = process.waitFor();
      end.cancel(false);
      return new Ended(status, said);
    }
  }

  @Test
  void lies_areRefused_andHonestDocumentsComeMeanwhile() throws Exception {
    Ended ended = run(LiedTo.Mode.BOUNDED);
    assertEquals(0, ended.status, ended.said);
    System.out.println("lied to: " + ended.said.strip());
    Map<String, Long> figures = new HashMap<>();
    for (String pair : ended.said.strip().split(" ", -1)) {
      int equals = pair.indexOf('=');
      figures.put(pair.substring(0, equals), Long.valueOf(pair.substring(equals + 1)));
    }
    for (LyingServer.Lie lie : LyingServer.Lie.values()) {
      assertTrue(server.told(lie) > 0, lie + " was not told");
    }
    assertEquals(0, figures.get("believed"), ended.said);
    assertTrue(figures.get("peak") >> 10 < MAX_RESIDENT_MIB, ended.said);
    long quiet = Math.max(figures.get("before"), figures.get("after"));
    assertTrue(figures.get("during") <= 2 * quiet, ended.said);
  }

  @ParameterizedTest
  @EnumSource(names = {"ENDLESS", "DEFLATE", "GZIP", "ZSTD", "LZMA"})
  void control_withoutALimitOfTheDocument_runsOutOfMemory(LyingServer.Lie lie) throws Exception {
    Ended ended = run(LiedTo.Mode.UNBOUNDED, lie.name());
    assertEquals(OUT_OF_MEMORY, ended.status, ended.said);
  }

  @ParameterizedTest
  @EnumSource(names = {"DEFLATE_BOMB", "GZIP_BOMB", "ZSTD_BOMB", "LZMA_BOMB"})
  void control_withoutABoundOnExpansion_runsOutOfMemory(LyingServer.Lie bomb) throws Exception {
    Ended ended = run(LiedTo.Mode.NAIVE, bomb.name());
    assertEquals(OUT_OF_MEMORY, ended.status, ended.said);
  }
}
