package org.tunic.daemon.interop;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Loads and figures that the benches share: downloads by curl, beside each other.
 *
 * <p>Threads: any, because it has no state.
 */
final class BenchLoad {
  /** Of one download. */
  private static final int LIMIT_SECONDS = 240;

  private BenchLoad() {}

  /**
   * Downloads side by side, each isolated from the others.
   *
   * @param address host and port
   * @return the seconds until the last has come
   */
  static double download(TorNode client, String address, int streams, long eachBytes)
      throws IOException {
    List<Process> curls = new ArrayList<>();
    long startNanos = System.nanoTime();
    try {
      for (int i = 0; i < streams; i++) {
        String url = "http://" + address + "/stream/" + eachBytes;
        curls.add(curl(client, "u" + i, "%{size_download}", url));
      }
      for (Process curl : curls) {
        String said = new String(curl.getInputStream().readAllBytes(), UTF_8);
        if (!said.equals(Long.toString(eachBytes))) {
          throw new IOException("a download broke: " + said + "\n" + client.logTail());
        }
      }
      return (System.nanoTime() - startNanos) / 1e9;
    } finally {
      curls.forEach(Process::destroy);
    }
  }

  /** Seconds from the start of curl to the first byte of a page, on circuits of its own. */
  static double firstByteSeconds(TorNode client, String user, String url) throws IOException {
    Process curl = curl(client, user, "%{time_starttransfer}", url);
    return Double.parseDouble(new String(curl.getInputStream().readAllBytes(), UTF_8));
  }

  private static Process curl(TorNode client, String user, String say, String url)
      throws IOException {
    String limit = Integer.toString(LIMIT_SECONDS);
    String proxy = "socks5h://%1$s:%1$s@127.0.0.1:%2$d".formatted(user, client.ports().socks());
    return new ProcessBuilder(
            "curl", "-q", "-sS", "-m", limit, "-o", "/dev/null", "-w", say, "--proxy", proxy, url)
        .redirectErrorStream(true)
        .start();
  }

  /** The one in the middle. */
  static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
