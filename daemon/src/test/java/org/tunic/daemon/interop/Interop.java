package org.tunic.daemon.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/** What the suites have in common. Threads: that of the test. */
final class Interop {
  private static final int PAGE_LIMIT_SECONDS = 60;
  private static final int FILE_LIMIT_SECONDS = 120;

  private Interop() {}

  /**
   * Skips the test, visibly, if the subject cannot run here; on a build server, where nobody reads
   * skips, this is a failure.
   */
  static void require(Subject subject) {
    Optional<String> missing = subject.missing();
    if (missing.isPresent()) {
      lacking(subject + " cannot run: " + missing.get());
    }
  }

  /** Like {@link #require} for a program that judges: {@code command} must succeed. */
  static void requireProgram(String... command) throws InterruptedException {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String said = new String(process.getInputStream().readAllBytes(), UTF_8);
      if (process.waitFor() != 0) {
        lacking(String.join(" ", command) + ": " + said);
      }
    } catch (IOException e) {
      lacking(e.getMessage());
    }
  }

  /** Like {@link #require} for the address ::1, which some containers lack. */
  static void requireIpv6() {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(InetAddress.ofLiteral("::1"), 0));
    } catch (IOException e) {
      lacking("no address ::1: " + e.getMessage());
    }
  }

  private static void lacking(String message) {
    if ("true".equals(System.getenv("CI"))) {
      throw new AssertionError(message);
    }
    Assumptions.abort(message);
  }

  /** Where the network called {@code name} keeps its files, below the build directory. */
  static Path directory(String name) {
    return Repository.root().resolve("daemon/target/interop").resolve(name);
  }

  /** Fetches the page and the 64 MiB file through {@code client} and checks every byte. */
  static void assertPageAndFileIntact(TorNode client, WebServer web) throws IOException {
    int before = web.requests();
    Curl.Answer page = Curl.fetch(client, web.pageUrl(), PAGE_LIMIT_SECONDS);
    assertEquals(0, page.status(), page.error());
    assertEquals(web.pageSha256(), page.sha256(), "the page, " + page.bytes() + " bytes");
    Curl.Answer file = Curl.fetch(client, web.fileUrl(), FILE_LIMIT_SECONDS);
    assertEquals(0, file.status(), file.error());
    assertEquals(WebServer.FILE_BYTES, file.bytes());
    assertEquals(web.fileSha256(), file.sha256(), "the file");
    assertEquals(2, web.requests() - before, "requests that reached the server");
  }
}
