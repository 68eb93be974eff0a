package org.tunic.directory.authority.bandwidth;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.digest.Sha;
import org.tunic.crypto.identity.RsaIdentity;

class BandwidthFileTest {
  private static final Instant NOW = Instant.ofEpochSecond(1_700_000_000L);
  private static final String TIME = "1699990000\n";
  private static final String A = "A".repeat(40);
  private static final String B = "B".repeat(40);

  /** Digest of nothing, in the base64 of votes. */
  private static final String EMPTY_DIGEST = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU";

  @TempDir Path directory;

  private static BandwidthFile parse(String text) {
    return BandwidthFile.parse(text.getBytes(ISO_8859_1), NOW);
  }

  private static Map<RsaIdentity, Long> measured(String lines) {
    return parse(TIME + "=====\n" + lines).byRelay();
  }

  private static RsaIdentity id(String hex) throws Exception {
    return RsaIdentity.fromHex(hex);
  }

  @Test
  void parse_currentForm_headersAndMeasurements() throws Exception {
    String text =
        TIME
            + "version=1.7.0\nsoftware=sbws\nearliest_bandwidth=2026-11-20T00:00:00\n=====\n"
            + "bw=760 error_stream=1 master_key_ed25519=abc nick=Test node_id=$"
            + A
            + " rtt=380 time=2026-11-20T00:00:00\n"
            + "node_id="
            + B.toLowerCase(java.util.Locale.ROOT)
            + "\tbw=1\n";
    BandwidthFile file = parse(text);
    assertEquals(Map.of(id(A), 760L, id(B), 1L), file.byRelay());
    assertEquals(Instant.ofEpochSecond(1_699_990_000L), file.timestamp());
    assertEquals(Bytes.copyOf(text.getBytes(ISO_8859_1)), file.contents());
    assertTrue(
        file.voteLines()
            .startsWith(
                "bandwidth-file-headers timestamp=1699990000 version=1.7.0 software=sbws"
                    + " earliest_bandwidth=2026-11-20T00:00:00\nbandwidth-file-digest sha256="));
  }

  @Test
  void parse_oldFormWithoutTerminator_firstRelayEndsTheHeaders() throws Exception {
    BandwidthFile file = parse(TIME + "node_id=$" + A + " bw=5\nlate=header\n");
    assertEquals(List.of("timestamp=1699990000"), file.headers());
    assertEquals(Map.of(id(A), 5L), file.byRelay());
  }

  @Test
  void parse_twoLinesOfOneRelay_lastIsVotedFirstIsRemembered() throws Exception {
    BandwidthFile file = parse(TIME + "bw=1 node_id=" + A + "\nbw=2 node_id=" + A + "\n");
    assertEquals(Map.of(id(A), 2L), file.byRelay());
    MeasuredBandwidths memory = new MeasuredBandwidths();
    memory.take(file, NOW);
    assertEquals(1, memory.of(id(A)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bw=1",
        "node_id=%s",
        "bw=1 bw=2 node_id=%s",
        "bw=1 node_id=%s node_id=%s",
        "bw=x node_id=%s",
        "bw=-1 node_id=%s",
        "bw=99999999999999999999 node_id=%s",
        "bw=1 node_id=%s0",
        "bw=1 node_id=$$%s",
        "bw=1 node_id=zz",
        "bw=1 node_id=%s vote=0",
        "vote=0 bw=1 node_id=%s",
        ""
      })
  void parse_lineThatDoesNotCount_isLeftOut(String line) throws Exception {
    String bad = line.replace("%s", A);
    assertEquals(Map.of(id(B), 7L), measured(bad + "\nbw=7 node_id=" + B + "\n"));
  }

  @Test
  void parse_lineWithoutEnd_doesNotCount() throws Exception {
    assertEquals(Map.of(id(B), 7L), measured("bw=7 node_id=" + B + "\nbw=1 node_id=" + A));
  }

  @ParameterizedTest
  @CsvSource({"vote=1", "unmeasured=1", "under_min_report=1", "xoff_recv=3"})
  void parse_otherKeys_lineCounts(String key) throws Exception {
    assertEquals(Map.of(id(A), 7L), measured("bw=7 node_id=" + A + " " + key + "\n"));
  }

  @Test
  void headers_moreThanFifty_restIsLeftOut() {
    StringBuilder text = new StringBuilder(TIME);
    for (int i = 0; i < 60; i++) {
      text.append("k").append(i).append("=v\n");
    }
    BandwidthFile file = parse(text.toString());
    assertEquals(BandwidthFile.MAX_HEADERS, file.headers().size());
    assertEquals("k48=v", file.headers().getLast());
  }

  @Test
  void voteLines_headersTooLong_areLeftOutWhole() {
    BandwidthFile file = parse(TIME + "k=" + "v".repeat(1100) + "\n");
    assertTrue(file.voteLines().startsWith("bandwidth-file-headers \nbandwidth-file-digest "));
  }

  @ParameterizedTest
  @ValueSource(strings = {"now\n", "\n", "1699990000", "1699990000 \n", "-5\n", "1\n"})
  void parse_badTime_onlyTheDigestCounts(String first) {
    String text = first + "version=1.7.0\nbw=1 node_id=" + A + "\n";
    BandwidthFile file = parse(text);
    assertNull(file.timestamp());
    assertEquals(Map.of(), file.byRelay());
    assertEquals(List.of(), file.headers());
    assertEquals(
        Bytes.copyOf(Sha.sha256(text.getBytes(ISO_8859_1))), file.digest(), "digest of all");
  }

  @Test
  void parse_threeDays_isTheLimitOfAge() throws Exception {
    String relay = "\nbw=1 node_id=" + A + "\n";
    long limit = NOW.getEpochSecond() - Duration.ofDays(3).toSeconds();
    assertEquals(Map.of(id(A), 1L), parse(limit + relay).byRelay());
    assertEquals(Map.of(), parse(limit - 1 + relay).byRelay());
  }

  @Test
  void parse_empty_hasTheDigestOfNothing() {
    assertEquals(
        "bandwidth-file-headers \nbandwidth-file-digest sha256=" + EMPTY_DIGEST + "\n",
        parse("").voteLines());
  }

  @Test
  void parse_zeroByte_endsTheLine() throws Exception {
    BandwidthFile file = parse(TIME + "bw=1 node_id=" + A + "\n\0rest\nx\0y\n");
    assertEquals(Map.of(id(A), 1L), file.byRelay());
    String counted = TIME + "bw=1 node_id=" + A + "\n" + "x";
    assertEquals(Bytes.copyOf(Sha.sha256(counted.getBytes(ISO_8859_1))), file.digest());
  }

  @Test
  void read_missingOrTooLong_givesNothing() throws Exception {
    BandwidthFile missing = BandwidthFile.read(directory.resolve("none"), NOW);
    assertNull(missing.contents());
    assertTrue(missing.voteLines().endsWith(EMPTY_DIGEST + "\n"));
    Path file = directory.resolve("long");
    try (OutputStream out = Files.newOutputStream(file)) {
      out.write((TIME + "bw=1 node_id=" + A + "\n").getBytes(ISO_8859_1));
      byte[] blank = new byte[1 << 20];
      for (int i = 0; i < BandwidthFile.MAX_LENGTH >> 20; i++) {
        out.write(blank);
      }
    }
    assertEquals(Map.of(), BandwidthFile.read(file, NOW).byRelay());
  }

  @Test
  void memory_staleFile_keepsWhatWasThereUntilItIsThreeDaysOld() throws Exception {
    MeasuredBandwidths memory = new MeasuredBandwidths();
    memory.take(parse(TIME + "bw=5 node_id=" + A + "\n"), NOW);
    Instant later = NOW.plus(Duration.ofDays(2));
    memory.take(BandwidthFile.read(directory.resolve("none"), later), later);
    assertEquals(5, memory.of(id(A)));
    Instant end = NOW.plus(Duration.ofDays(3));
    byte[] fresh = (end.getEpochSecond() + "\nbw=6 node_id=" + B + "\n").getBytes(ISO_8859_1);
    memory.take(BandwidthFile.parse(fresh, end), end);
    assertEquals(-1, memory.of(id(A)));
    assertEquals(6, memory.of(id(B)));
  }

  @Test
  void memory_manyRelays_isBounded() throws Exception {
    StringBuilder text = new StringBuilder(TIME);
    for (int i = 0; i <= MeasuredBandwidths.MAX_RELAYS; i++) {
      text.append(String.format("bw=%d node_id=%040X%n", i, i));
    }
    MeasuredBandwidths memory = new MeasuredBandwidths();
    memory.take(parse(text.toString()), NOW);
    assertEquals(
        MeasuredBandwidths.MAX_RELAYS - 1,
        memory.of(id(String.format("%040X", MeasuredBandwidths.MAX_RELAYS - 1))));
    assertEquals(-1, memory.of(id(String.format("%040X", MeasuredBandwidths.MAX_RELAYS))));
  }
}
