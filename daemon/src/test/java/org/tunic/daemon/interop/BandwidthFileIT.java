package org.tunic.daemon.interop;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * An authority of C tor and one of ours vote from the same bandwidth file, which changes from vote
 * to vote: whatever state it is in, both repeat the same headers and the same digest and say the
 * same of each relay, and both serve the file. Threads: that of the test.
 */
class BandwidthFileIT {
  private static final int INTERVAL_SECONDS = 10;
  private static final Pattern LINE = Pattern.compile("(?m)^bandwidth-file-(?:headers|digest) .*$");
  private static final Pattern ENTRY =
      Pattern.compile("(?m)^r (\\S+) .*\n(?:[^r].*\n)*?w Bandwidth=\\d+(.*)$");

  @Test
  void votes_ofBothKinds_sayTheSameOfOneFile() throws Exception {
    Interop.require(Subject.CTOR);
    Interop.require(Subject.OURS);
    try (TorNetwork network =
        TorNetwork.in(Interop.directory("bandwidth-file"))
            .node("auth0", Role.AUTHORITY, Subject.CTOR)
            .node("auth1", Role.AUTHORITY, Subject.OURS)
            .node("exit0", Role.EXIT, Subject.CTOR)
            .node("mid0", Role.MIDDLE, Subject.CTOR)
            .node("mid1", Role.MIDDLE, Subject.CTOR)
            .votingInterval(INTERVAL_SECONDS)
            .authorityLine("GuardfractionFile " + guardFractions())
            .start()) {
      List<TorNode> authorities = network.nodes().subList(0, 2);
      String exit = network.node("exit0").fingerprint();
      String mid = network.node("mid0").fingerprint();
      String other = network.node("mid1").fingerprint();
      String authority = network.node("auth0").fingerprint();
      long now = System.currentTimeMillis() / 1000;
      String full =
          "version=1.7.0\nsoftware=sbws\nno equals\n=value\nscanner_country=ZZ\n=====\n"
              + "bw=760 error_stream=1 master_key_ed25519=x nick=a node_id=$%s time=2026-01-01T00:00:00\n"
                  .formatted(exit)
              + "node_id=%s\tbw=5\n".formatted(mid.toLowerCase(java.util.Locale.ROOT))
              + "bw=99 node_id=$%s vote=0 unmeasured=1\n".formatted(other)
              + "bw=11 node_id=$%s under_min_report=1 vote=1\n".formatted(authority)
              + "bw=6 node_id=%s\n".formatted(mid)
              + "bw=1 node_id=$%s\nbw=x node_id=$%s\nbw=4\n".formatted("A".repeat(40), other)
              + "bw=7 node_id=$%s".formatted(other);
      guardFractionsFor(mid);
      Path file = network.bandwidthFile();

      Map<String, String> measured = agreed(authorities, file, now + "\n" + full);
      assertEquals(" Measured=760", measured.get("exit0"));
      assertEquals(" Measured=6 GuardFraction=42", measured.get("mid0"));
      assertEquals("", measured.get("mid1"));
      assertEquals(" MeasuredButAuthority=11", measured.get("auth0"));
      assertEquals(get(authorities.getFirst(), "next/bandwidth"), now + "\n" + full);
      assertEquals(get(authorities.getLast(), "next/bandwidth"), now + "\n" + full);

      // Written more than three days ago: digest only.
      measured = agreed(authorities, file, now - 3 * 86400 - 60 + "\n" + full);
      assertEquals("", measured.get("exit0"));

      // The old form, and no end of the first line at all.
      measured = agreed(authorities, file, now + "\nnode_id=$" + exit + " bw=33\nlate=1\n");
      assertEquals(" Measured=33", measured.get("exit0"));
      measured = agreed(authorities, file, Long.toString(now));
      assertEquals("", measured.get("exit0"));
    }
  }

  private static Path guardFractions() {
    return Interop.directory("bandwidth-file").resolveSibling("guardfraction");
  }

  private static void guardFractionsFor(String relay) throws IOException {
    String today = java.time.LocalDate.now(java.time.ZoneOffset.UTC).toString();
    Files.writeString(
        guardFractions(),
        "guardfraction-file-version 1\nwritten-at %s 00:00:00\nn-inputs 3 30\nguard-seen %s 42 100\n"
            .formatted(today, relay));
  }

  /** What both say of each relay, behind its claimed bandwidth, once both have read the file. */
  private static Map<String, String> agreed(List<TorNode> authorities, Path file, String contents)
      throws Exception {
    Path written = Files.writeString(file.resolveSibling("bandwidths.new"), contents, ISO_8859_1);
    Files.move(written, file, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
    String digest =
        Base64.getEncoder()
            .withoutPadding()
            .encodeToString(
                MessageDigest.getInstance("SHA-256").digest(contents.getBytes(ISO_8859_1)));
    String wanted = "\nbandwidth-file-digest sha256=" + digest + "\n";
    String[] votes = new String[2];
    Await.until(
        "votes made from the new file",
        Duration.ofSeconds(4 * INTERVAL_SECONDS),
        () -> {
          for (int i = 0; i < votes.length; i++) {
            votes[i] = get(authorities.get(i), "current/authority");
          }
          Await.pause(500);
          return votes[0].contains(wanted) && votes[1].contains(wanted);
        },
        () -> wanted + about(votes[0]) + about(votes[1]) + authorities.get(1).logTail());
    assertEquals(about(votes[0]), about(votes[1]));
    Map<String, String> relays = measured(votes[0]);
    assertEquals(relays, measured(votes[1]));
    assertEquals(5, relays.size());
    assertTrue(votes[1].indexOf("\nparams") < votes[1].indexOf("\nbandwidth-file-headers"));
    return relays;
  }

  private static String about(String vote) {
    Matcher lines = LINE.matcher(vote);
    StringBuilder text = new StringBuilder();
    while (lines.find()) {
      text.append(lines.group()).append('\n');
    }
    return text.toString();
  }

  private static Map<String, String> measured(String vote) {
    Map<String, String> relays = new TreeMap<>();
    Matcher entries = ENTRY.matcher(vote);
    while (entries.find()) {
      relays.put(entries.group(1), entries.group(2));
    }
    return relays;
  }

  private static String get(TorNode authority, String path) {
    try {
      HttpURLConnection connection =
          (HttpURLConnection)
              URI.create("http://127.0.0.1:" + authority.ports().dir() + "/tor/status-vote/" + path)
                  .toURL()
                  .openConnection();
      connection.setConnectTimeout(2000);
      connection.setReadTimeout(5000);
      try (InputStream in = connection.getInputStream()) {
        return new String(in.readAllBytes(), ISO_8859_1);
      }
    } catch (IOException notNow) {
      return "";
    }
  }
}
