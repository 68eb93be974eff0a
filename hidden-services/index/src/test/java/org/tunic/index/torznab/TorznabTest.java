package org.tunic.index.torznab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.index.Torrents;
import org.tunic.index.http.Browser;
import org.tunic.index.http.Browser.Answer;
import org.tunic.index.metainfo.Metainfo;
import org.tunic.index.metainfo.MetainfoParser;
import org.tunic.index.store.Category;
import org.tunic.tracker.swarm.Counts;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * The requests that Prowlarr and Jackett are documented to send, in their order, and what they read
 * in answers; neither program was run.
 */
class TorznabTest {
  private static final String TORZNAB = "http://torznab.com/schemas/2015/feed";

  @TempDir Path folder;

  private Browser browser;

  @BeforeEach
  void open() throws IOException {
    browser = new Browser(folder);
    browser.index.add(
        List.of(
            Torrents.entry("Some.Show.S01E02.1080p.WEB", Category.TV_HD, 1_767_000_000),
            Torrents.entry("Some.Show.S01E03.1080p.WEB", Category.TV_HD, 1_767_000_001),
            Torrents.entry("Some.Show.S02E01.720p", Category.TV_SD, 1_767_000_002),
            Torrents.entry(
                "A Film 2019 <&> \u0001\ud83d\ude00", Category.MOVIES_UHD, 1_767_000_003),
            Torrents.entry("An Artist - An Album FLAC", Category.AUDIO_LOSSLESS, 1_767_000_004),
            Torrents.entry("Author - Book epub", Category.BOOKS_EBOOK, 1_767_000_005)));
  }

  @AfterEach
  void close() throws IOException {
    browser.close();
  }

  private Document xml(String target) throws Exception {
    Answer answer = browser.get(target);
    assertEquals(200, answer.status(), target);
    assertTrue(
        answer.header("Content-Type").matches("application/(rss\\+)?xml; charset=utf-8"), target);
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setNamespaceAware(true);
    factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
    return factory.newDocumentBuilder().parse(new ByteArrayInputStream(answer.body()));
  }

  private static List<Element> elements(NodeList nodes) {
    List<Element> list = new ArrayList<>();
    for (int i = 0; i < nodes.getLength(); i++) {
      list.add((Element) nodes.item(i));
    }
    return list;
  }

  private static String text(Element item, String name) {
    return item.getElementsByTagName(name).item(0).getTextContent();
  }

  /** Every item has what the programs read, in the form they read. */
  private List<String> titles(String target) throws Exception {
    Document answer = xml(target);
    assertEquals("rss", answer.getDocumentElement().getNodeName());
    assertEquals("2.0", answer.getDocumentElement().getAttribute("version"));
    List<String> titles = new ArrayList<>();
    for (Element item : elements(answer.getElementsByTagName("item"))) {
      titles.add(text(item, "title"));
      Map<String, String> attributes = new HashMap<>();
      for (Element attribute : elements(item.getElementsByTagNameNS(TORZNAB, "attr"))) {
        attributes.put(attribute.getAttribute("name"), attribute.getAttribute("value"));
      }
      String id = attributes.get("infohash");
      assertTrue(id.matches("[0-9a-f]{40}"), id);
      assertEquals("http://index.onion/t/" + id, text(item, "guid"));
      assertEquals("http://index.onion/t/" + id, text(item, "comments"));
      assertEquals("http://index.onion/t/" + id + ".torrent", text(item, "link"));
      ZonedDateTime.parse(text(item, "pubDate"), DateTimeFormatter.RFC_1123_DATE_TIME);
      assertEquals(text(item, "size"), attributes.get("size"));
      Element enclosure = (Element) item.getElementsByTagName("enclosure").item(0);
      assertEquals("application/x-bittorrent", enclosure.getAttribute("type"));
      assertEquals(text(item, "link"), enclosure.getAttribute("url"));
      assertTrue(attributes.get("magneturl").startsWith("magnet:?xt=urn:btih:" + id));
      assertTrue(
          Integer.parseInt(attributes.get("peers")) >= Integer.parseInt(attributes.get("seeders")));
      for (String name :
          List.of("category", "files", "grabs", "downloadvolumefactor", "uploadvolumefactor")) {
        Double.parseDouble(attributes.get(name));
      }
      Metainfo torrent = MetainfoParser.parse(browser.get("/t/" + id + ".torrent").body());
      assertEquals(id, Bytes.copyOf(torrent.id().toArray()).hex());
    }
    return titles;
  }

  /** What Prowlarr asks when an indexer is added and tested, and then every quarter of an hour. */
  @Test
  void prowlarr_addsTestsAndPolls() throws Exception {
    Document caps = xml("/api?t=caps&apikey=");
    Element limits = (Element) caps.getElementsByTagName("limits").item(0);
    assertEquals("100", limits.getAttribute("max"));
    for (String way :
        List.of("search", "tv-search", "movie-search", "music-search", "book-search")) {
      Element able = (Element) caps.getElementsByTagName(way).item(0);
      assertEquals("yes", able.getAttribute("available"), way);
      assertTrue(able.getAttribute("supportedParams").startsWith("q"), way);
    }
    List<String> categories =
        elements(caps.getElementsByTagName("category")).stream()
            .map(e -> e.getAttribute("id"))
            .toList();
    assertEquals(
        List.of("1000", "2000", "3000", "4000", "5000", "6000", "7000", "8000"), categories);
    // The test of an indexer: a search without words must give something.
    assertEquals(6, titles("/api?t=search&extended=1&offset=0&limit=100").size());
    assertEquals(
        List.of(
            "Some.Show.S02E01.720p", "Some.Show.S01E03.1080p.WEB", "Some.Show.S01E02.1080p.WEB"),
        titles("/api?t=search&extended=1&cat=5000,5030,5040&offset=0&limit=100"));
  }

  /** What Jackett's Torznab indexer asks, and Sonarr and Radarr through either. */
  @ParameterizedTest
  @CsvSource({
    "t=search&q=some+show&cat=5000%2C5030&limit=50&offset=0, 3",
    "t=search&q=Some%20Show%20S01E02, 1",
    "t=tvsearch&q=Some%20Show&season=1&ep=2&cat=5030%2C5040&extended=1, 1",
    "t=tvsearch&cat=5030%2C5040&extended=1&apikey=abc&offset=0&limit=100&q=Some%20Show&season=1, 2",
    "t=tvsearch&cat=5040&q=Some%20Show&season=02&ep=01, 0",
    "t=tvsearch&q=Some%20Show&season=S02&ep=E01, 1",
    "t=tvsearch&tvdbid=12345&season=1&ep=2, 1",
    "t=tvsearch&tvdbid=12345, 0",
    "t=movie&q=A%20Film&year=2019&cat=2000%2C2045, 1",
    "t=movie&q=A%20Film&year=2020&cat=2000, 0",
    "t=movie&imdbid=tt0111161&cat=2000, 0",
    "t=music&artist=An%20Artist&album=An%20Album&cat=3000, 1",
    "t=book&author=Author&title=Book&cat=7000%2C7020, 1",
    "t=search&cat=100001, 0",
    "t=search&cat=5030&cat=2000, 1",
    "t=search&limit=2, 2",
    "t=search&limit=2&offset=5, 1",
    "t=search&limit=0&offset=999999, 0",
    "t=search&unknown=1&limit=abc, 6"
  })
  void request_ofPrograms_findsWhatItShould(String query, int results) throws Exception {
    assertEquals(results, titles("/api?" + query).size(), query);
  }

  @ParameterizedTest
  @CsvSource({"'', 200", "t=, 200", "t=details, 202", "t=register, 202", "t=search&cat=tv, 201"})
  void request_thatIsWrong_isAnsweredWithAnErrorOfItsKind(String query, String code)
      throws Exception {
    Document answer = xml("/api?" + query);
    assertEquals("error", answer.getDocumentElement().getNodeName());
    assertEquals(code, answer.getDocumentElement().getAttribute("code"));
  }

  @Test
  void peers_areThoseOfTheTracker() throws Exception {
    Metainfo torrent = Torrents.metainfo("Author - Book epub");
    browser.swarms.put(torrent.id(), new Counts(4, 5, 5, 6));
    Document answer = xml("/api?t=search&q=author");
    Map<String, String> attributes = new HashMap<>();
    elements(answer.getElementsByTagNameNS(TORZNAB, "attr"))
        .forEach(e -> attributes.put(e.getAttribute("name"), e.getAttribute("value")));
    assertEquals("4", attributes.get("seeders"));
    assertEquals("9", attributes.get("peers"));
    assertEquals("6", attributes.get("grabs"));
  }
}
