package org.tunic.directory.netdoc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.tunic.directory.netdoc.ItemTable.anyNumber;
import static org.tunic.directory.netdoc.ItemTable.atMostOnce;
import static org.tunic.directory.netdoc.ItemTable.exactlyOnce;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NetdocTest {
  private static List<Item> items(String text) throws DocumentSyntaxException {
    return Tokenizer.items(NetdocText.of(text));
  }

  private static DocumentSyntaxException fault(String text) {
    return assertThrows(DocumentSyntaxException.class, () -> items(text));
  }

  @Test
  void items_haveKeywordArgumentsAndSpans() throws Exception {
    String text = "first  a\tb \nsecond\nthird x=1 y";
    List<Item> items = items(text);
    assertEquals(List.of("first", "second", "third"), items.stream().map(Item::keyword).toList());
    assertEquals(List.of("a", "b"), items.get(0).args());
    assertEquals("a\tb ", items.get(0).argumentText());
    assertEquals(0, items.get(1).argCount());
    assertEquals("second\n", text.substring(items.get(1).start(), items.get(1).end()));
    assertEquals(text.length(), items.get(2).end());
    assertEquals(3, items.get(2).line());
    assertThrows(DocumentSyntaxException.class, () -> items.get(2).arg(2));
  }

  @Test
  void object_belongsToItsItem() throws Exception {
    String text = "key\n-----BEGIN A THING-----\naGVs\nbG8=\n-----END A THING-----\nnext\n";
    List<Item> items = items(text);
    assertEquals(2, items.size());
    assertArrayEquals("hello".getBytes(StandardCharsets.US_ASCII), items.get(0).object("A THING"));
    assertThrows(DocumentSyntaxException.class, () -> items.get(0).object("OTHER"));
    assertThrows(DocumentSyntaxException.class, () -> items.get(1).object("A THING"));
    assertEquals(text.indexOf("next"), items.get(0).end());
    assertEquals(6, items.get(1).line());
  }

  @Test
  void blankLinesCommentsAndOpt_areSkipped() throws Exception {
    List<Item> items = items("\n  # a remark\n\nopt old 1\n\n\nnew 2\n\n");
    assertEquals(List.of("old", "new"), items.stream().map(Item::keyword).toList());
    assertEquals(7, items.get(1).line());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "k\n-----BEGIN X-----\nAAAA\n",
        "k\n-----BEGIN X-----\nAAAA\n-----END Y-----\n",
        "k\n-----BEGIN X-----\nAAAA\n-----END X----\n",
        "k\n-----BEGIN X----\nAAAA\n-----END X-----\n",
        "k\n-----BEGIN X-----\nA?AA\n-----END X-----\n",
        "k\n-----BEGIN X-----\nAAAAA\n-----END X-----\n",
        "k a\0b\n",
      })
  void malformedText_isRefused(String text) {
    fault(text);
  }

  @Test
  void overlongLinesAndObjects_areRefused() throws Exception {
    assertEquals(1, items("k " + "x".repeat(Tokenizer.MAX_LINE - 2)).size());
    assertEquals("line far too long", fault("k " + "x".repeat(Tokenizer.MAX_LINE)).why());
    String object = "A".repeat(Tokenizer.MAX_OBJECT);
    assertEquals(1, items("k\n-----BEGIN X-----\n" + object + "-----END X-----\n").size());
    assertEquals(
        "object far too long",
        fault("k\n-----BEGIN X-----\n" + object + "AAAA-----END X-----\n").why());
  }

  private static final ItemTable TABLE =
      ItemTable.of(
          exactlyOnce("head").asFirst().args(1),
          atMostOnce("flag").exactArgs(0),
          anyNumber("many").args(1),
          atMostOnce("before-last").asLastButOne(),
          exactlyOnce("tail").asLast());

  @Test
  void table_readsWhatItDemands() throws Exception {
    Section section =
        TABLE.read(NetdocText.of("head 1 extra\nunknown x\nmany a\nmany b\nbefore-last\ntail\n"));
    assertEquals("1", section.one("head").arg(0));
    assertFalse(section.has("flag"));
    assertEquals(2, section.all("many").size());
    assertTrue(section.optional("flag").isEmpty());
    assertThrows(IllegalArgumentException.class, () -> section.has("unknown"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", // nothing there
        "tail\n", // no head
        "many a\nhead 1\ntail\n", // head not first
        "x\nhead 1\ntail\n", // head not first
        "head\ntail\n", // too few arguments
        "head 1\nhead 2\ntail\n", // too many items
        "head 1\nflag 1\ntail\n", // too many arguments
        "head 1\ntail\nx\n", // tail not last
        "head 1\nbefore-last\nx\ntail\n", // not last but one
        "head 1\ntail\n-----BEGIN X-----\nAAAA\n-----END X-----\n", // object where none may be
        "@note\nhead 1\ntail\n", // annotation
      })
  void table_refusesWhatBreaksIt(String text) {
    assertThrows(DocumentSyntaxException.class, () -> TABLE.read(NetdocText.of(text)));
  }

  @Test
  void sections_endWhereTheNextBegins() throws Exception {
    NetdocText text = NetdocText.of("r 1\nm a\nr 2\nm b\nfoot\n");
    ItemTable entry = ItemTable.of(exactlyOnce("r").asFirst().args(1), exactlyOnce("m").args(1));
    Tokenizer tokenizer = new Tokenizer(text);
    assertEquals("1", entry.readUntil(tokenizer, text, "r", "foot").one("r").arg(0));
    Section second = entry.readUntil(tokenizer, text, "r", "foot");
    assertEquals("b", second.one("m").arg(0));
    assertEquals("r 2\nm b\n", text.part(second.start(), second.end()).text());
    assertTrue(tokenizer.nextIs("foot"));
  }

  @Test
  void split_keepsAnnotationsWithTheirDocument() {
    NetdocText text = NetdocText.of("junk\n@a 1\nrouter x\nrouter-signature\n@b\nrouter y\n");
    List<NetdocText> parts = text.split("router");
    assertEquals(
        List.of("@a 1\nrouter x\nrouter-signature\n", "@b\nrouter y\n"),
        parts.stream().map(NetdocText::text).toList());
  }

  @Test
  void text_keepsAllBytes() {
    byte[] all = new byte[256];
    for (int i = 0; i < 256; i++) {
      all[i] = (byte) i;
    }
    assertArrayEquals(all, NetdocText.of(all).bytes());
    assertEquals("\u00c3\u00a4", NetdocWriter.utf8("\u00e4"));
  }

  @Test
  void writer_armoursAndRoundTrips() throws Exception {
    SplittableRandom random = new SplittableRandom(5);
    for (int length = 0; length < 200; length++) {
      byte[] body = new byte[length];
      random.nextBytes(body);
      NetdocText text = new NetdocWriter().item("key", 1, "x").object("THING", body).text();
      assertTrue(text.text().lines().allMatch(line -> line.length() <= 64));
      Item item = Tokenizer.items(text).getFirst();
      assertArrayEquals(body, item.object("THING"), "length " + length);
      assertEquals(List.of("1", "x"), item.args());
    }
  }

  @Test
  void times_readAndWriteAlike() throws Exception {
    Instant time = Instant.parse("2026-01-02T03:04:05Z");
    assertEquals("2026-01-02 03:04:05", NetdocTime.format(time.plusMillis(999)));
    assertEquals(time, NetdocTime.at(items("t 2026-01-02 03:04:05").getFirst(), 0));
    assertEquals(
        Instant.parse("2016-12-31T23:59:60Z".replace(":60", ":59")).plusSeconds(1),
        NetdocTime.parse("2016-12-31", "23:59:60"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2026-01-02",
        "2026-13-02 03:04:05",
        "2026-02-30 03:04:05",
        "2026-01-02 24:00:00",
        "2026-01-02 03:04:61",
        "2026-1-02 03:04:05",
        "2026-01-02T 03:04:05",
        "2026-01-02 03:04",
        "+026-01-02 03:04:05",
        "2026-01-02 0x:04:05",
      })
  void malformedTimes_areRefused(String text) {
    assertThrows(
        DocumentSyntaxException.class, () -> NetdocTime.at(items("t " + text).getFirst(), 0));
  }

  @Test
  void exceptions_showNoMoreThanAKeyword() {
    DocumentSyntaxException e = new DocumentSyntaxException("k".repeat(500), 7, "wrong");
    assertEquals("k".repeat(40) + ", line 7: wrong", e.getMessage());
    assertEquals(0, e.getStackTrace().length);
  }
}
