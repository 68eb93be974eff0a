package org.tunic.index.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.index.FirstOperator;
import org.tunic.index.Torrents;
import org.tunic.index.http.Browser.Answer;
import org.tunic.index.metainfo.Metainfo;
import org.tunic.index.metainfo.MetainfoParser;
import org.tunic.index.store.Category;
import org.tunic.index.store.NewEntry;
import org.tunic.tracker.swarm.Counts;

/** A browser without scripts at the site: what visitors, accounts and moderators do. */
class SiteTest {
  private static final int MAX_PAGE_BYTES = 50_000;

  @TempDir Path folder;

  private Browser browser;

  @BeforeEach
  void open() throws IOException {
    browser = new Browser(folder);
  }

  @AfterEach
  void close() throws IOException {
    browser.close();
  }

  private static String hex(Metainfo torrent) {
    return Bytes.copyOf(torrent.id().toArray()).hex();
  }

  private Answer page(String target) {
    Answer page = browser.get(target);
    assertEquals(200, page.status(), target);
    assertTrue(page.body().length < MAX_PAGE_BYTES, target + ": " + page.body().length);
    assertFalse(page.text().contains("<script"), target);
    return page;
  }

  @Test
  void upload_ofStranger_isFoundShownAndHandedOut() throws Exception {
    byte[] file = Torrents.hybrid("Big.Film & Co", 5).file();
    Metainfo torrent = MetainfoParser.parse(file);
    Answer answer =
        browser.uploadAsStranger(
            file, Map.of("category", "2040", "tags", "Free film", "description", "a\n<b>b"));
    assertEquals(303, answer.status(), answer.text());
    assertEquals("/t/" + hex(torrent), answer.header("Location"));
    browser.swarms.put(torrent.id(), new Counts(7, 3, 3, 12));
    Answer details = page("/t/" + hex(torrent));
    assertTrue(details.text().contains("Big.Film &amp; Co"), details.text());
    assertTrue(details.text().contains("a\n&lt;b>b") || details.text().contains("a\n&lt;b&gt;b"));
    assertTrue(details.text().contains("7 seeders, 3 leechers, downloaded 12 times"));
    assertTrue(details.text().contains("magnet:?xt=urn:btih:" + hex(torrent)));
    assertTrue(page("/search?q=big+film").text().contains("/t/" + hex(torrent)));
    assertTrue(page("/search?q=free&cat=2000").text().contains("/t/" + hex(torrent)));
    assertFalse(page("/search?q=free&cat=5000").text().contains("/t/" + hex(torrent)));
    assertTrue(page("/").text().contains("/t/" + hex(torrent)));
    Answer got = browser.get("/t/" + hex(torrent) + ".torrent");
    assertEquals("application/x-bittorrent", got.header("Content-Type"));
    assertEquals(torrent, MetainfoParser.parse(got.body()));
    assertTrue(new String(got.body(), ISO_8859_1).startsWith("d8:announce29:" + Browser.TRACKER));
    Answer byV2 = browser.get("/t/" + torrent.v2().orElseThrow().hex());
    assertEquals("/t/" + hex(torrent), byV2.header("Location"));
    assertEquals(409, browser.uploadAsStranger(file, Map.of()).status());
  }

  @Test
  void upload_madePrivate_isAnotherTorrent() throws Exception {
    byte[] file = Torrents.file(Torrents.single("secret", 40_000));
    Map<String, Object> info = new TreeMap<>(Torrents.single("secret", 40_000));
    info.put("private", 1);
    Metainfo expected = MetainfoParser.parse(Torrents.file(info));
    Answer answer = browser.uploadAsStranger(file, Map.of("private", "1"));
    assertEquals("/t/" + hex(expected), answer.header("Location"));
    assertEquals(
        expected, MetainfoParser.parse(browser.get("/t/" + hex(expected) + ".torrent").body()));
  }

  @Test
  void upload_withoutTokenOrAnswer_isRefused() {
    byte[] file = Torrents.file(Torrents.single("a", 5));
    Answer form = page("/upload");
    String token = form.hidden("token");
    Map<String, String> fields = new HashMap<>(Map.of("token", token, "category", "8000"));
    assertEquals(400, browser.upload(fields, file).status());
    fields.put("challenge", form.hidden("challenge"));
    fields.put("answer", "xyz");
    assertEquals(400, browser.upload(fields, file).status());
    // Spent by the wrong answer.
    fields.put("answer", Browser.solve(form));
    assertEquals(400, browser.upload(fields, file).status());
    Answer again = page("/upload");
    fields.put("challenge", again.hidden("challenge"));
    fields.put("answer", Browser.solve(again));
    fields.put("token", token.substring(0, token.length() - 1) + "_");
    assertEquals(403, browser.upload(fields, file).status());
    browser.forget();
    fields.put("token", token);
    assertEquals(403, browser.upload(fields, file).status());
    assertEquals(0, browser.index.store().size());
  }

  @Test
  void upload_ofWhatIsNoTorrent_saysWhy() {
    Answer answer = browser.uploadAsStranger("junk".getBytes(UTF_8), Map.of());
    assertEquals(400, answer.status());
    assertTrue(answer.text().contains("this is no torrent"), answer.text());
  }

  @Test
  void upload_byProofOfWork_isTaken() {
    Answer form = page("/upload");
    String challenge = form.hidden("challenge");
    long nonce = 0;
    while (!isWork(challenge + ":" + nonce)) {
      nonce++;
    }
    Answer answer =
        browser.upload(
            Map.of(
                "token",
                form.hidden("token"),
                "challenge",
                challenge,
                "answer",
                "work:" + nonce,
                "category",
                "8000"),
            Torrents.file(Torrents.single("worked for", 5)));
    assertEquals(303, answer.status(), answer.text());
  }

  private static boolean isWork(String text) {
    byte[] hash = org.tunic.crypto.digest.Sha.sha256(text.getBytes(UTF_8));
    return hash[0] == 0 && hash[1] == 0 && (hash[2] & 0xf0) == 0;
  }

  @Test
  void strangers_aboveTheirQuota_waitForTheNextHour() {
    for (int i = 0; i < browser.index.settings().anonymousPerHour(); i++) {
      assertEquals(
          303,
          browser.uploadAsStranger(Torrents.file(Torrents.single("t" + i, 5)), Map.of()).status());
      browser.clock.advance(java.time.Duration.ofSeconds(5));
    }
    byte[] oneMore = Torrents.file(Torrents.single("one more", 5));
    assertEquals(400, browser.uploadAsStranger(oneMore, Map.of()).status());
    browser.clock.advance(java.time.Duration.ofHours(1));
    assertEquals(303, browser.uploadAsStranger(oneMore, Map.of()).status());
  }

  @Test
  void pages_ofHostileNames_areHarmlessAndSmall() throws Exception {
    List<NewEntry> entries = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      Map<String, Object> info =
          new TreeMap<>(
              Torrents.single("<script>alert(1)<script>&\"'\u202e" + "&".repeat(900) + i, 9));
      if (i == 59) {
        info.remove("length");
        List<Object> files = new ArrayList<>();
        for (int f = 0; f < 3000; f++) {
          files.add(
              Map.of(
                  "length",
                  f == 0 ? 9 : 0,
                  "path",
                  List.of("<b>".repeat(100), "dir" + f % 50, "&\u202e<i>".repeat(60) + f)));
        }
        info.put("files", files);
      }
      entries.add(
          new NewEntry(
              MetainfoParser.parse(Torrents.file(info)),
              Category.TV_DOCUMENTARY,
              List.of("tag"),
              "<img src=x>&".repeat(333),
              "",
              i));
    }
    browser.index.add(entries);
    for (String target :
        List.of(
            "/",
            "/search",
            "/search?q=script&sort=size&order=asc",
            "/rss",
            "/t/" + hex(entries.getLast().torrent()))) {
      String text = page(target).text();
      assertFalse(text.contains("\u202e"), target);
      assertFalse(text.contains("<img"), target);
      assertFalse(text.contains("<i>"), target);
      assertTrue(text.contains("&lt;script>") || text.contains("&lt;script&gt;"), target);
    }
    String reflected = page("/search?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E").text();
    assertFalse(reflected.contains("\"><script"), reflected);
  }

  @Test
  void answers_haveTheHeadersThatKeepVisitorsSafe() {
    for (String target : List.of("/", "/nothing", "/upload", "/style.css", "/api?t=caps")) {
      Answer answer = browser.get(target);
      assertEquals(
          "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self';"
              + " frame-ancestors 'none'; base-uri 'none'",
          answer.header("Content-Security-Policy"));
      assertEquals("no-referrer", answer.header("Referrer-Policy"));
      assertEquals("nosniff", answer.header("X-Content-Type-Options"));
      assertEquals("same-origin", answer.header("Cross-Origin-Opener-Policy"));
      assertEquals("", answer.header("Date") + answer.header("Server"));
    }
    Answer first = browser.get("/upload");
    browser.forget();
    assertTrue(
        browser.get("/upload").head().contains("; Path=/; HttpOnly; SameSite=Strict"),
        first.head());
    assertEquals("no-store", browser.get("/login").header("Cache-Control"));
    assertEquals("User-agent: *\nDisallow: /\n", browser.get("/robots.txt").text());
  }

  @Test
  void unknownPages_allLookAlike() {
    browser.get("/upload");
    Answer one = browser.get("/nothing");
    assertEquals(404, one.status());
    assertArrayEquals(one.body(), browser.get("/t/" + "0".repeat(40)).body());
    assertArrayEquals(one.body(), browser.get("/moderation").body());
    assertArrayEquals(one.body(), browser.get("/t/../../etc/passwd").body());
  }

  private String operatorPassword() throws IOException {
    FirstOperator.make(
        browser.index.store(), folder.resolve("password"), browser.clock, browser.random);
    return Files.readString(folder.resolve("password")).strip();
  }

  @Test
  void account_isMade_signsOutAndIn_andChangesItsPassword() {
    Answer form = page("/login");
    Map<String, String> fields = new HashMap<>();
    fields.put("token", form.hidden("token"));
    fields.put("challenge", form.hidden("challenge"));
    fields.put("answer", Browser.solve(form));
    fields.put("name", "anna");
    fields.put("password", "correct horse battery");
    assertEquals(303, browser.post("/register", fields).status());
    assertTrue(page("/").text().contains(">anna</a>"));
    Answer account = page("/account");
    String passwordToken = account.hidden("token");
    String logoutToken = account.text().split("value=\"", -1)[2].split("\"", -1)[0];
    assertEquals(
        400,
        browser
            .post(
                "/account",
                Map.of("token", passwordToken, "old", "wrong", "password", "new new new new"))
            .status());
    assertEquals(
        303,
        browser
            .post(
                "/account",
                Map.of(
                    "token",
                    passwordToken,
                    "old",
                    "correct horse battery",
                    "password",
                    "new new new new"))
            .status());
    // That began another session, whose forms have other tokens.
    assertEquals(403, browser.post("/logout", Map.of("token", logoutToken)).status());
    String now = page("/account").text().split("value=\"", -1)[2].split("\"", -1)[0];
    assertEquals(303, browser.post("/logout", Map.of("token", now)).status());
    assertTrue(page("/").text().contains("Sign in"));
    assertEquals(400, browser.login("anna", "correct horse battery").status());
    assertEquals(400, browser.login("nobody", "correct horse battery").status());
    assertEquals(303, browser.login("anna", "new new new new").status());
    assertEquals(404, browser.get("/moderation").status());
  }

  @Test
  void moderator_hidesRemovesAndSettles_inTheOpen() throws Exception {
    Metainfo torrent = Torrents.metainfo("spam");
    browser.index.add(List.of(Torrents.entry("spam", Category.OTHER, 1)));
    String target = "/t/" + hex(torrent);
    Answer form = page("/report/" + hex(torrent));
    Map<String, String> report = new HashMap<>();
    report.put("token", form.hidden("token"));
    report.put("challenge", form.hidden("challenge"));
    report.put("answer", Browser.solve(form));
    report.put("reason", "<b>spam</b>\u202e");
    assertEquals(200, browser.post("/report/" + hex(torrent), report).status());
    assertEquals(404, browser.post("/moderate", Map.of()).status());

    assertEquals(303, browser.login(FirstOperator.NAME, operatorPassword()).status());
    String desk = page("/moderation").text();
    assertTrue(desk.contains("&lt;b>spam") || desk.contains("&lt;b&gt;spam"), desk);
    assertFalse(desk.contains("\u202e"));
    String token = page(target).hidden("token");
    Map<String, String> act = new HashMap<>(Map.of("token", token, "torrent", hex(torrent)));
    act.put("action", "hide");
    act.put("reason", "unwanted");
    assertEquals(303, browser.post("/moderate", act).status());
    assertFalse(page("/search").text().contains(target));
    browser.forget();
    assertTrue(page(target).text().contains("hid this torrent: unwanted"));
    assertEquals(404, browser.post("/moderate", act).status());

    browser.login(FirstOperator.NAME, operatorPassword());
    act.put("token", page(target).hidden("token"));
    act.put("action", "remove");
    act.put("reason", "law");
    assertEquals(303, browser.post("/moderate", act).status());
    assertEquals(Set.of(torrent.id()), browser.refused);
    browser.forget();
    assertEquals(410, browser.get(target).status());
    assertEquals(410, browser.get(target + ".torrent").status());
    assertTrue(browser.get(target).text().contains("law"));
    String log = page("/log").text();
    assertTrue(log.contains("hide") && log.contains("remove") && log.contains("unwanted"), log);
    assertEquals(0, browser.index.store().reports().size());
  }

  @Test
  void operator_givesRoles_whichTheLogTells() throws Exception {
    browser.login(FirstOperator.NAME, operatorPassword());
    String token = page("/moderation").hidden("token");
    assertEquals(
        303,
        browser
            .post(
                "/role",
                Map.of("token", token, "name", "operator", "role", "moderator", "reason", "enough"))
            .status());
    assertTrue(page("/log").text().contains("moderator: enough"));
    assertEquals(404, browser.post("/role", Map.of("token", token)).status());
  }

  @Test
  void feed_ofASearch_hasItsTorrents() throws Exception {
    browser.index.add(
        List.of(
            Torrents.entry("one & only", Category.TV, 1),
            Torrents.entry("other", Category.OTHER, 2)));
    Answer feed = browser.get("/rss?q=one");
    assertEquals("application/rss+xml; charset=utf-8", feed.header("Content-Type"));
    assertTrue(feed.text().contains("<title>one &amp; only</title>"), feed.text());
    assertTrue(
        feed.text()
            .contains(
                "<enclosure url=\"http://index.onion/t/" + hex(Torrents.metainfo("one & only"))));
    assertFalse(feed.text().contains("other"));
  }

  @Test
  void statistics_areRounded() throws Exception {
    assertTrue(page("/stats").text().contains("<td>1200</td>"));
    assertTrue(page("/about").text().contains(Browser.TRACKER));
  }

  @Test
  void catalogue_isServedAndProved() throws Exception {
    browser.index.add(List.of(Torrents.entry("one", Category.TV, 1)));
    Answer summary = browser.get("/catalogue");
    assertEquals("application/cbor", summary.header("Content-Type"));
    String root = browser.index.catalogue().root().hex();
    assertTrue(Bytes.copyOf(summary.body()).hex().startsWith("850101" + "5820" + root));
    assertTrue(Bytes.copyOf(browser.get("/catalogue?from=0").body()).hex().startsWith("8401"));
    assertTrue(
        Bytes.copyOf(browser.get("/catalogue/proof/" + hex(Torrents.metainfo("one"))).body())
            .hex()
            .contains(root));
  }
}
