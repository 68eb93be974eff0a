package org.tunic.gateway.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tunic.crypto.hs.HsId;
import org.tunic.crypto.hs.HsIdKeypair;
import org.tunic.gateway.GatewayCounters.Kind;
import org.tunic.gateway.announce.TrackerTarget;
import org.tunic.gateway.announce.TrackerTarget.What;
import org.tunic.gateway.http.LocalRules.Verdict;
import org.tunic.testing.SeededRandom;

/** Who may ask, by the request alone. */
class LocalRulesTest {
  private static final String TOKEN = "abcdefghijklmnopqrstuvwxyz234567";
  private static final HsId ONION = HsIdKeypair.generate(new SeededRandom(1)).id();
  private static final String NAME = ONION.unredactedHost();
  private static final String GOOD = "/announce/" + TOKEN + "/" + NAME + "/80";
  private static final String QUERY = "?info_hash=x&port=1";

  private final LocalRules rules = new LocalRules(TOKEN, "127.0.0.1", 6980);

  private static HttpHeaders headers(String... namesAndValues) {
    HttpHeaders headers = new DefaultHttpHeaders();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      headers.add(namesAndValues[i], namesAndValues[i + 1]);
    }
    return headers;
  }

  private static HttpHeaders local() {
    return headers("Host", "127.0.0.1:6980");
  }

  private static String basic(String credentials) {
    return "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(ISO_8859_1));
  }

  private static void assertAsked(What what, String path, int port, Verdict verdict) {
    Verdict.Ask ask = assertInstanceOf(Verdict.Ask.class, verdict);
    assertEquals(what, ask.asked().what());
    assertEquals(new TrackerTarget(ONION, port, path), ask.asked().tracker());
    assertEquals("info_hash=x&port=1", ask.query());
  }

  private static void assertRefused(String status, Kind kind, Verdict verdict) {
    assertEquals(new Verdict.Refuse(status, kind), verdict);
  }

  private static void assertNotOnion(Verdict verdict) {
    assertEquals(
        Kind.NOT_ONION, assertInstanceOf(Verdict.Fail.class, verdict).kind(), verdict.toString());
  }

  @Test
  void asTracker_withTheToken_isAsked() {
    assertAsked(What.ANNOUNCE, "/announce", 80, rules.judge(GOOD + QUERY, local()));
    assertAsked(What.ANNOUNCE, "/announce", 80, rules.judge(GOOD + "/announce" + QUERY, local()));
    assertAsked(What.SCRAPE, "/announce", 80, rules.judge(GOOD + "/scrape" + QUERY, local()));
    assertAsked(
        What.ANNOUNCE, "/key/announce", 80, rules.judge(GOOD + "/key/announce" + QUERY, local()));
    assertAsked(
        What.ANNOUNCE,
        "/announce",
        80,
        rules.judge(GOOD + QUERY, headers("Host", "LocalHost:6980")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "abcdefghijklmnopqrstuvwxyz234566", "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"})
  void asTracker_withAnotherToken_isRefused(String token) {
    assertRefused(
        "403 Forbidden",
        Kind.WRONG_TOKEN,
        rules.judge("/announce/" + token + "/" + NAME + "/80" + QUERY, local()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/announce", "/announce?info_hash=x", "/scrape", "/x/announce/y"})
  void asTracker_withAnotherPath_isRefused(String uri) {
    assertRefused("404 Not Found", Kind.WRONG_TOKEN, rules.judge(uri, local()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "evil.example:6980",
        "127.0.0.1",
        "127.0.0.1:80",
        "localhost",
        "127.0.0.2:6980",
        ""
      })
  void asTracker_withAForeignHost_isRefused(String host) {
    assertRefused("403 Forbidden", Kind.FOREIGN, rules.judge(GOOD + QUERY, headers("Host", host)));
  }

  @Test
  void asTracker_withoutHostOrWithTwo_isRefused() {
    assertRefused("403 Forbidden", Kind.FOREIGN, rules.judge(GOOD + QUERY, headers()));
    assertRefused(
        "403 Forbidden",
        Kind.FOREIGN,
        rules.judge(GOOD + QUERY, headers("Host", "127.0.0.1:6980", "Host", "evil.example")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "http://evil.example", "http://127.0.0.1:6980"})
  void anyone_withAnOrigin_isRefused(String origin) {
    HttpHeaders page = local().add("Origin", origin);
    assertRefused("403 Forbidden", Kind.FOREIGN, rules.judge(GOOD + QUERY, page));
    HttpHeaders proxied =
        headers("Host", NAME, "Origin", origin, "Proxy-Authorization", basic("x:" + TOKEN));
    assertRefused(
        "403 Forbidden",
        Kind.FOREIGN,
        rules.judge("http://" + NAME + "/announce" + QUERY, proxied));
  }

  @Test
  void image_ofAWebPage_isRefusedThoughItHasNoOrigin() {
    assertRefused(
        "403 Forbidden",
        Kind.FOREIGN,
        rules.judge(GOOD + QUERY, local().add("Sec-Fetch-Site", "cross-site")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tracker.example/80",
        "127.0.0.1/80",
        "a.onion/80",
        "x.onion",
        "",
        "192.0.2.1/6969/announce"
      })
  void asTracker_forWhatIsNoOnion_fails(String target) {
    assertNotOnion(rules.judge("/announce/" + TOKEN + "/" + target + QUERY, local()));
  }

  @Test
  void asProxy_withTheTokenAsPassword_isAsked() {
    HttpHeaders headers = headers("Host", NAME, "Proxy-Authorization", basic("tunic:" + TOKEN));
    assertAsked(
        What.ANNOUNCE,
        "/announce",
        80,
        rules.judge("http://" + NAME + "/announce" + QUERY, headers));
    assertAsked(
        What.SCRAPE,
        "/announce",
        8080,
        rules.judge(
            "HTTP://" + NAME + ":8080/scrape" + QUERY,
            headers("Host", NAME + ":8080", "Proxy-Authorization", basic(":" + TOKEN))));
  }

  @Test
  void asProxy_withoutTheToken_isRefused() {
    String uri = "http://" + NAME + "/announce" + QUERY;
    String status = "407 Proxy Authentication Required";
    assertRefused(status, Kind.WRONG_TOKEN, rules.judge(uri, headers("Host", NAME)));
    for (String value :
        new String[] {basic("tunic:x"), basic(TOKEN + ":x"), "Basic !", "Bearer " + TOKEN, ""}) {
      assertRefused(
          status,
          Kind.WRONG_TOKEN,
          rules.judge(uri, headers("Host", NAME, "Proxy-Authorization", value)));
    }
  }

  @Test
  void asProxy_forAnotherHostThanItNames_isRefused() {
    assertRefused(
        "403 Forbidden",
        Kind.FOREIGN,
        rules.judge(
            "http://" + NAME + "/announce" + QUERY,
            headers("Host", "other", "Proxy-Authorization", basic("x:" + TOKEN))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://tracker.example/announce",
        "http://127.0.0.1:6980/announce",
        "http://",
        "http:///announce",
        "http://x@y/announce",
        "http://a.onion/announce"
      })
  void asProxy_forWhatIsNoOnion_fails(String uri) {
    assertNotOnion(rules.judge(uri, headers("Proxy-Authorization", basic("x:" + TOKEN))));
  }
}
