package org.tunic.gateway.announce;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.hs.HsId;
import org.tunic.crypto.hs.HsIdKeypair;
import org.tunic.testing.SeededRandom;
import org.tunic.tracker.bencode.BencodeException;
import org.tunic.tracker.bencode.BencodeWriter;
import org.tunic.tracker.swarm.InfoHash;

class TrackerAnswerTest {
  private final SeededRandom random = new SeededRandom(1);

  private static byte[] ascii(String text) {
    return text.getBytes(ISO_8859_1);
  }

  private static String passed(String answer) throws BencodeException {
    return new String(TrackerAnswer.read(ascii(answer)).write(List.of()), ISO_8859_1);
  }

  private static byte[] entry(HsId onion, int port) {
    return new ByteWriter(OnionPeer.LENGTH).bytes(onion.key().bytes()).u16(port).toArray();
  }

  private static byte[] answer(byte[]... entries) {
    ByteWriter all = new ByteWriter(100);
    for (byte[] entry : entries) {
      all.bytes(entry);
    }
    return new BencodeWriter(100)
        .dictionary()
        .text("interval")
        .integer(1800)
        .text("peers_onion")
        .text(all.toArray())
        .end()
        .toArray();
  }

  @Test
  void peers_withAddressesOrNames_areNeverPassed() throws BencodeException {
    assertEquals(
        "d8:intervali1800e5:peers0:e",
        passed(
            "d11:external ip4:\u00cb\u0000\u0071\u00078:intervali1800e5:peers6:\u00cb\0q\u0007\u001a\u00e1"
                + "6:peers618:aaaaaaaaaaaaaaaaaae"));
    assertEquals(
        "d8:intervali1800e5:peers0:e",
        passed("d8:intervali1800e5:peersld2:ip12:peer.example4:porti6881eeee"));
  }

  @Test
  void keys_thatAreUnknown_areNotPassed() throws BencodeException {
    assertEquals(
        "d8:completei1e10:downloadedi3e10:incompletei2e8:intervali900e12:min intervali60e5:peers0:"
            + "15:warning message5:helloe",
        passed(
            "d8:completei1e10:downloadedi3e10:incompletei2e8:intervali900e12:min intervali60e"
                + "5:peers0:10:tracker id3:abc15:warning message5:helloe"));
  }

  @Test
  void intervals_areHeldWithinBounds() throws BencodeException {
    assertEquals("d8:intervali30e5:peers0:e", passed("d8:intervali0e5:peers0:e"));
    assertEquals("d8:intervali30e5:peers0:e", passed("d8:intervali-5e5:peers0:e"));
    assertEquals("d8:intervali3600e5:peers0:e", passed("d8:intervali999999999e5:peers0:e"));
    assertEquals("d8:intervali1800e5:peers0:e", passed("de"));
  }

  @Test
  void failure_isPassedAlone_asOneLine() throws BencodeException {
    assertEquals(
        "d14:failure reason5:no?ooe", passed("d14:failure reason5:no\noo8:intervali9e5:peers0:e"));
    assertEquals(
        "d14:failure reason2:no8:retry in5:nevere",
        passed("d14:failure reason2:no8:retry in5:nevere"));
    assertEquals(
        "d14:failure reason2:no8:retry ini7ee", passed("d14:failure reason2:no8:retry ini7ee"));
    String longest = "x".repeat(TrackerAnswer.MAX_TEXT);
    assertEquals(
        "d14:failure reason200:" + longest + "e",
        passed("d14:failure reason300:" + "x".repeat(300) + "e"));
  }

  @Test
  void onionPeers_areReadOnceEach_andNoPortBelow1024() throws BencodeException {
    HsId one = HsIdKeypair.generate(random).id();
    HsId other = HsIdKeypair.generate(random).id();
    TrackerAnswer read =
        TrackerAnswer.read(
            answer(
                entry(one, 6881),
                entry(one, 7000),
                entry(other, 22),
                entry(other, 1024),
                new byte[OnionPeer.LENGTH]));
    assertEquals(List.of(new OnionPeer(one, 6881), new OnionPeer(other, 1024)), read.peers());
  }

  @Test
  void onionPeers_thatAreNoKeys_areLeftOut() throws BencodeException {
    byte[] noPoint = new byte[OnionPeer.LENGTH];
    noPoint[0] = 2; // y = 2 is on no point of the curve
    noPoint[32] = 0x1a;
    assertEquals(List.of(), TrackerAnswer.read(answer(noPoint)).peers());
  }

  @Test
  void onionPeers_beyondTheBound_areNotRead() throws BencodeException {
    byte[][] entries = new byte[TrackerAnswer.MAX_PEERS + 5][];
    for (int i = 0; i < entries.length; i++) {
      entries[i] = entry(HsIdKeypair.generate(random).id(), 6881);
    }
    assertEquals(TrackerAnswer.MAX_PEERS, TrackerAnswer.read(answer(entries)).peers().size());
  }

  @Test
  void write_tellsStandIns() throws Exception {
    InetSocketAddress standIn =
        new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 64, 1, 2}), 6881);
    String written =
        new String(
            TrackerAnswer.read(ascii("d8:intervali60ee")).write(List.of(standIn)), ISO_8859_1);
    assertEquals("d8:intervali60e5:peers6:\u007f\u0040\u0001\u0002\u001a\u00e1e", written);
  }

  @Test
  void read_whatIsNoAnswer_fails() throws BencodeException {
    assertThrows(BencodeException.class, () -> TrackerAnswer.read(ascii("<html>")));
    assertTrue(TrackerAnswer.read(ascii("le")).failure().isPresent());
    assertThrows(
        BencodeException.class, () -> TrackerAnswer.read(new byte[TrackerAnswer.MAX_BYTES + 1]));
  }

  @Test
  void scrape_passesThreeCountsOfTheTorrentAskedFor() throws BencodeException {
    InfoHash torrent = InfoHash.at(ascii("aaaaaaaaaaaaaaaaaaaa"), 0);
    String answer =
        "d5:filesd20:aaaaaaaaaaaaaaaaaaaad8:completei1e10:downloadedi2e11:downloadersi9e10:incompletei3e4:name1:xe"
            + "20:bbbbbbbbbbbbbbbbbbbbd8:completei9eeee";
    ScrapeAnswer read = ScrapeAnswer.read(ascii(answer), torrent);
    assertEquals(new ScrapeAnswer(1, 2, 3), read);
    assertEquals(
        "d5:filesd20:aaaaaaaaaaaaaaaaaaaad8:completei1e10:downloadedi2e10:incompletei3eeee",
        new String(ScrapeAnswer.write(Map.of(torrent, read)), ISO_8859_1));
    assertEquals(new ScrapeAnswer(0, 0, 0), ScrapeAnswer.read(ascii("de"), torrent));
    assertFalse(new String(ScrapeAnswer.write(Map.of()), ISO_8859_1).contains("aaaa"));
  }
}
