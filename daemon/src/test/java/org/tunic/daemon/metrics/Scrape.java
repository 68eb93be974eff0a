package org.tunic.daemon.metrics;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a MetricsPort answered. Threads: immutable.
 *
 * @param head status line and header of HTTP
 * @param types name to type
 * @param samples {@code name{key="value",…}} with keys in order, to number
 */
public record Scrape(String head, Map<String, String> types, Map<String, Double> samples) {
  private static final int LIMIT_MILLIS = 10_000;

  /** Asks for the metrics at a port of 127.0.0.1. */
  public static Scrape of(int port) throws IOException {
    String answer = ask(port, "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
    int end = answer.indexOf("\r\n\r\n");
    if (end < 0) {
      throw new IOException("no answer: " + answer);
    }
    Map<String, String> types = new TreeMap<>();
    Map<String, Double> samples = new TreeMap<>();
    for (String line : answer.substring(end + 4).lines().toList()) {
      if (line.startsWith("# TYPE ")) {
        String[] words = line.split(" ", -1);
        types.put(words[2], words[3]);
      } else if (!line.isBlank() && !line.startsWith("#")) {
        int space = line.lastIndexOf(' ');
        samples.put(sorted(line.substring(0, space)), Double.valueOf(line.substring(space + 1)));
      }
    }
    return new Scrape(answer.substring(0, end), types, samples);
  }

  /** Sends a request; C tor keeps the connection open behind a body, so its length counts. */
  static String ask(int port, String request) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress("127.0.0.1", port), LIMIT_MILLIS);
      socket.setSoTimeout(LIMIT_MILLIS);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      StringBuilder answer = new StringBuilder();
      byte[] piece = new byte[8192];
      while (!isWhole(answer)) {
        int length = socket.getInputStream().read(piece);
        if (length < 0) {
          break;
        }
        answer.append(new String(piece, 0, length, StandardCharsets.US_ASCII));
      }
      return answer.toString();
    }
  }

  private static boolean isWhole(StringBuilder answer) {
    int end = answer.indexOf("\r\n\r\n");
    int field = answer.indexOf("Content-Length: ");
    if (end < 0 || field < 0 || field > end) {
      return false;
    }
    int start = field + "Content-Length: ".length();
    int length = Integer.parseInt(answer.substring(start, answer.indexOf("\r\n", start)).strip());
    return answer.length() >= end + 4 + length;
  }

  private static String sorted(String sample) {
    int brace = sample.indexOf('{');
    if (brace < 0) {
      return sample;
    }
    List<String> labels = new ArrayList<>();
    for (String label : sample.substring(brace + 1, sample.length() - 1).split(",", -1)) {
      if (!label.isEmpty()) {
        labels.add(label);
      }
    }
    return sample.substring(0, brace) + "{" + String.join(",", new TreeSet<>(labels)) + "}";
  }

  /** Everything but the numbers, a line each. */
  public String shape() {
    StringBuilder text = new StringBuilder();
    types.forEach((name, type) -> text.append(type).append(' ').append(name).append('\n'));
    samples.keySet().forEach(sample -> text.append(sample).append('\n'));
    return text.toString();
  }

  /** The number of a sample; keys in order of the alphabet. */
  public double value(String sample) {
    Double value = samples.get(sample);
    if (value == null) {
      throw new AssertionError("no " + sample + " in " + samples.keySet());
    }
    return value;
  }
}
