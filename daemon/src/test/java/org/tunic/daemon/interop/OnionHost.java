package org.tunic.daemon.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What suites do with a node that hosts one onion service, whose port 80 is a web server of the
 * test.
 *
 * <p>Threads: those of the callers.
 */
final class OnionHost {
  private OnionHost() {}

  /** Where its keys and its address are. */
  static Path directory(TorNode host) {
    return host.dataDirectory().resolveSibling("onion");
  }

  /** Lines of its torrc. */
  static String lines(TorNode host, WebServer web) {
    return "HiddenServiceDir %s%nHiddenServicePort 80 127.0.0.1:%d%n"
        .formatted(directory(host), web.port());
  }

  /** Its address, with {@code .onion}; known once it has started. */
  static String address(TorNode host) {
    try {
      return Files.readString(directory(host).resolve("hostname")).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The URL of the web server's page there. */
  static String pageUrl(TorNode host) {
    return "http://" + address(host) + "/page";
  }

  /** The URL of its file of 64 MiB. */
  static String fileUrl(TorNode host) {
    return "http://" + address(host) + "/file";
  }

  /**
   * Fetches once.
   *
   * @param user tells circuits apart; empty for none
   */
  static Curl.Answer fetch(TorNode visitor, String user, String url, int seconds) {
    try {
      return user.isEmpty()
          ? Curl.fetch(visitor, url, seconds)
          : Curl.fetch(visitor, user, url, seconds);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Tries until the whole page comes, each time for {@code seconds}. */
  static void awaitPage(TorNode visitor, TorNode host, WebServer web, Duration limit, int seconds) {
    Await.until(
        "the page of an onion service",
        limit,
        () -> web.pageSha256().equals(fetch(visitor, "", pageUrl(host), seconds).sha256()),
        () -> host.logTail() + visitor.logTail());
  }
}
