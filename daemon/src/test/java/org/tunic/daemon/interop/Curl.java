package org.tunic.daemon.interop;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Fetches through a SOCKS port with curl, the name left to the exit. Threads: any, stateless. */
final class Curl {
  private Curl() {}

  /**
   * What arrived.
   *
   * @param status the exit status of curl, 0 if it is content
   * @param sha256 of all bytes received, lower-case hex
   * @param error what curl said
   */
  record Answer(int status, long bytes, String sha256, double seconds, String error) {}

  /** Fetches without credentials. */
  static Answer fetch(TorNode client, String url, int limitSeconds) throws IOException {
    return fetch(client, "", url, limitSeconds);
  }

  /**
   * Fetches {@code url}.
   *
   * @param user SOCKS user name and password, which a client isolates by; empty for none
   */
  static Answer fetch(TorNode client, String user, String url, int limitSeconds)
      throws IOException {
    String credentials = user.isEmpty() ? "" : user + ":" + user + "@";
    return run(client, credentials, limitSeconds, new byte[0], url);
  }

  /** Posts {@code content} to {@code url}; an answer that is not 2xx is a failure of curl. */
  static Answer upload(TorNode client, String url, byte[] content, int limitSeconds)
      throws IOException {
    return run(
        client, "", limitSeconds, content, "--fail", "-H", "Expect:", "--data-binary", "@-", url);
  }

  private static Answer run(
      TorNode client, String credentials, int limitSeconds, byte[] content, String... last)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.addAll(List.of("curl", "-q", "-sS", "-m", Integer.toString(limitSeconds)));
    command.addAll(
        List.of("--proxy", "socks5h://" + credentials + "127.0.0.1:" + client.ports().socks()));
    command.addAll(List.of(last));
    long startNanos = System.nanoTime();
    Process process = new ProcessBuilder(command).start();
    try (OutputStream out = process.getOutputStream()) {
      out.write(content);
    } catch (IOException ended) {
      // curl has failed and says why
    }
    long bytes = 0;
    MessageDigest digest = sha256();
    try (InputStream in = process.getInputStream()) {
      byte[] buffer = new byte[64 << 10];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        digest.update(buffer, 0, n);
        bytes += n;
      }
    }
    double seconds = (System.nanoTime() - startNanos) / 1e9;
    String error = new String(process.getErrorStream().readAllBytes(), UTF_8).strip();
    try {
      return new Answer(
          process.waitFor(), bytes, HexFormat.of().formatHex(digest.digest()), seconds, error);
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
