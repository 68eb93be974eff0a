package org.tunic.index.metainfo;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.digest.Sha;
import org.tunic.index.Torrents;
import org.tunic.index.Torrents.V2;
import org.tunic.index.metainfo.Metainfo.FileEntry;
import org.tunic.tracker.swarm.InfoHash;

/** Torrents of both versions, and what is refused. */
class MetainfoParserTest {
  private static String refusal(byte[] file) {
    return assertThrows(MetainfoException.class, () -> MetainfoParser.parse(file)).getMessage();
  }

  private static String refusal(Map<String, ?> info) {
    return refusal(Torrents.file(info));
  }

  private static Map<String, Object> without(Map<String, Object> info, String key) {
    Map<String, Object> less = new TreeMap<>(info);
    less.remove(key);
    return less;
  }

  private static Map<String, Object> with(Map<String, Object> info, String key, Object value) {
    Map<String, Object> more = new TreeMap<>(info);
    more.put(key, value);
    return more;
  }

  private static Map<String, Object> directory(Object... files) {
    Map<String, Object> info = without(Torrents.single("d", 20 * files.length), "length");
    info.put("files", List.of(files));
    info.put("pieces", new byte[20]);
    return info;
  }

  private static Map<String, Object> file(Object... path) {
    return Map.of("length", 20, "path", List.of(path));
  }

  @Test
  void parse_firstVersion_keepsInfoByteForByte() throws Exception {
    // A key that nobody knows is a part of the hash.
    Map<String, Object> info = with(Torrents.single("film.mkv", 40_000), "x-source", "somewhere");
    Metainfo torrent = MetainfoParser.parse(Torrents.file(info));
    byte[] bytes = Torrents.encode(info);
    assertArrayEquals(bytes, torrent.info().toArray());
    assertEquals(Optional.of(Bytes.copyOf(Sha.sha1(bytes))), torrent.v1());
    assertEquals(Optional.empty(), torrent.v2());
    assertEquals("film.mkv", torrent.name());
    assertEquals(40_000, torrent.length());
    assertEquals(List.of(new FileEntry(List.of("film.mkv"), 40_000)), torrent.files());
    assertFalse(torrent.isPrivate());
    assertTrue(MetainfoParser.parse(Torrents.file(with(info, "private", 1))).isPrivate());
  }

  @Test
  void parse_secondVersion_isNamedByTheFirstBytesOfItsHash() throws Exception {
    V2 torrent = Torrents.second("film.mkv", 5);
    Metainfo read = MetainfoParser.parse(torrent.file());
    byte[] hash = Sha.sha256(Torrents.encode(torrent.info()));
    assertEquals(Optional.of(Bytes.copyOf(hash)), read.v2());
    assertEquals(InfoHash.at(hash, 0), read.id());
    assertArrayEquals(Torrents.encode(torrent.layers()), read.layers().toArray());
    assertEquals(5 * 16384, read.length());
  }

  @Test
  void parse_bothVersions_hasBothNames() throws Exception {
    V2 torrent = Torrents.hybrid("film.mkv", 3);
    Metainfo read = MetainfoParser.parse(torrent.file());
    byte[] info = Torrents.encode(torrent.info());
    assertEquals(InfoHash.at(Sha.sha1(info), 0), read.id());
    assertEquals(Optional.of(InfoHash.at(Sha.sha256(info), 0)), read.otherId());
  }

  @Test
  void parse_whatWasKept_isTheSame() throws Exception {
    for (byte[] file :
        List.of(
            Torrents.file(Torrents.single("a", 1)),
            Torrents.second("b", 1).file(),
            Torrents.hybrid("c", 7).file())) {
      Metainfo read = MetainfoParser.parse(file);
      assertEquals(read, MetainfoParser.parse(read.info(), read.layers()));
    }
  }

  @Test
  void parse_bothVersionsOfDifferentFiles_isRefused() {
    V2 torrent = Torrents.hybrid("film.mkv", 3);
    torrent.info().put("length", 3 * 16384L - 1);
    assertEquals("the two versions in the torrent name different files", refusal(torrent.file()));
  }

  @Test
  void parse_layersThatAreNotTheFiles_areRefused() {
    V2 torrent = Torrents.second("film.mkv", 4);
    byte[] layer = ((byte[]) torrent.layers().values().iterator().next()).clone();
    Object root = torrent.layers().keySet().iterator().next();
    layer[100] ^= 1;
    assertEquals(
        "a piece layer is not that of its file",
        refusal(
            Torrents.encode(Map.of("info", torrent.info(), "piece layers", Map.of(root, layer)))));
    assertEquals(
        "piece layers are missing", refusal(Torrents.encode(Map.of("info", torrent.info()))));
    assertEquals(
        "piece layers are not those of the files",
        refusal(
            Torrents.encode(
                Map.of("info", torrent.info(), "piece layers", Map.of(new String("x"), layer)))));
  }

  @Test
  void parse_pathsThatLeadOut_areRefused() {
    for (String part : List.of("..", ".", "a/b", "/", "a\0b", "../../etc/passwd")) {
      assertEquals("a path leads out of its directory", refusal(directory(file("a", part))), part);
      assertEquals("a path leads out of its directory", refusal(Torrents.single(part, 5)), part);
    }
    String empty = "a name is empty or longer than 1024 bytes";
    assertEquals(empty, refusal(directory(file("a", ""))));
    assertEquals(empty, refusal(Torrents.single("n".repeat(65_536), 5)));
    assertEquals("a file has no name", refusal(directory(file())));
  }

  @Test
  void parse_wrongNumberOfPieces_isRefused() {
    Map<String, Object> info = Torrents.single("a", 16385);
    assertEquals(
        "too many or too few pieces for the length", refusal(with(info, "pieces", new byte[20])));
    assertEquals("pieces is no list of hashes", refusal(with(info, "pieces", new byte[41])));
    assertEquals("piece length is out of range", refusal(with(info, "piece length", 0)));
    assertEquals("a torrent has either a length or files", refusal(without(info, "length")));
    assertEquals("the torrent has no pieces", refusal(without(info, "pieces")));
    assertEquals("the torrent has no name", refusal(without(info, "name")));
  }

  @Test
  void parse_manyFiles_sumsAndSkipsPadding() throws Exception {
    Map<String, Object> info =
        directory(
            file("a", "b"),
            Map.of("length", 7, "path", List.of(".pad", "7"), "attr", "p"),
            file("a", "c"));
    Metainfo read = MetainfoParser.parse(Torrents.file(info));
    assertEquals(40, read.length());
    assertEquals(List.of("a/b", "a/c"), read.files().stream().map(FileEntry::text).toList());
    assertEquals("two files have the same path", refusal(directory(file("a"), file("a"))));
  }

  @Test
  void parse_atItsBounds_refusesMore() {
    List<Object> files = new ArrayList<>();
    for (int i = 0; i <= MetainfoParser.MAX_FILES; i++) {
      files.add(Map.of("length", 0, "path", List.of("f" + i)));
    }
    Map<String, Object> info = without(Torrents.single("d", 1), "length");
    info.put("files", files);
    assertEquals("more than 50000 files", refusal(info));
    List<Object> deep = new ArrayList<>();
    for (int i = 0; i <= MetainfoParser.MAX_PATH_DEPTH; i++) {
      deep.add("d");
    }
    assertEquals("directories too deep", refusal(directory(Map.of("length", 20, "path", deep))));
    assertEquals(
        "the files are too large",
        refusal(
            directory(
                Map.of("length", 1L << 56, "path", List.of("a")),
                Map.of("length", 1, "path", List.of("b")))));
    assertEquals("this is no torrent: too long", refusal(new byte[MetainfoParser.MAX_BYTES + 1]));
  }

  @Test
  void parse_notCanonical_isRefused() {
    assertEquals(
        "this is no torrent: keys out of order",
        refusal(
            "d4:infod6:lengthi1e4:name1:a12:piece lengthi16384e6:pieces0:e1:a1:be"
                .getBytes(ISO_8859_1)));
    assertEquals(
        "this is no torrent: a leading zero",
        refusal("d4:infod6:lengthi01eee".getBytes(ISO_8859_1)));
    assertEquals("this is no torrent", refusal("le".getBytes(UTF_8)));
    assertEquals("the torrent has no info", refusal("de".getBytes(UTF_8)));
  }

  @Test
  void parse_namesThatAreNotUtf8_areStillNames() throws Exception {
    Map<String, Object> info = Torrents.single("x", 5);
    info.put("name", new byte[] {'a', (byte) 0xe4});
    assertEquals("a\u00e4", MetainfoParser.parse(Torrents.file(info)).name());
    info.put("name.utf-8", "b\u00e4");
    assertEquals("b\u00e4", MetainfoParser.parse(Torrents.file(info)).name());
  }

  @Test
  void torrentFile_ofHybrid_hasOurTrackersAndNothingElse() throws Exception {
    V2 torrent = Torrents.hybrid("film.mkv", 3);
    Metainfo read =
        MetainfoParser.parse(
            Torrents.encode(
                Map.of(
                    "announce",
                    "http://elsewhere/",
                    "comment",
                    "a secret comment",
                    "info",
                    torrent.info(),
                    "piece layers",
                    torrent.layers())));
    byte[] file = TorrentFile.of(List.of("http://one.onion/announce"), read.info(), read.layers());
    assertEquals(read, MetainfoParser.parse(file));
    assertArrayEquals(
        Torrents.encode(
            Map.of(
                "announce", "http://one.onion/announce",
                "info", torrent.info(),
                "piece layers", torrent.layers())),
        file);
    assertArrayEquals(
        Torrents.encode(
            Map.of(
                "announce", "x",
                "announce-list", List.of(List.of("x"), List.of("y")),
                "info", torrent.info())),
        TorrentFile.of(List.of("x", "y"), read.info(), Bytes.EMPTY));
  }

  @Test
  void magnet_ofHybrid_hasBothHashes() throws Exception {
    Metainfo read = MetainfoParser.parse(Torrents.hybrid("a b&\u00e4", 1).file());
    assertEquals(
        "magnet:?xt=urn:btih:"
            + read.v1().orElseThrow().hex()
            + "&xt=urn:btmh:1220"
            + read.v2().orElseThrow().hex()
            + "&dn=a%20b%26%C3%A4&xl=16384&tr=http%3A%2F%2Fx.onion%2Fannounce",
        Magnet.of(
            read.v1(), read.v2(), read.name(), read.length(), List.of("http://x.onion/announce")));
  }

  @Test
  void safeText_ofHostileNames_isHarmless() {
    assertEquals("evil\uFFFDgnp.exe", SafeText.line("evil\u202egnp.exe", 100));
    assertEquals("a\uFFFD[2J", SafeText.line("a\u001b[2J", 100));
    assertEquals("\uFFFDx\uFFFD", SafeText.line("\u2066x\uFEFF", 100));
    assertEquals("a\uFFFDb", SafeText.line("a\nb", 100));
    assertEquals("a\nb", SafeText.lines("a\r\nb", 100));
    assertEquals("abc\u2026", SafeText.line("abcd", 3));
    assertEquals("e" + "\u0301".repeat(4), SafeText.line("e" + "\u0301".repeat(500), 100));
    assertEquals("\uFFFD", SafeText.line("\ud800", 100));
    assertEquals("\ud83d\ude00", SafeText.line("\ud83d\ude00", 100));
  }
}
