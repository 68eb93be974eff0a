package org.tunic.index.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tunic.index.web.Site;

/** HTTP as it should and should not be spoken. */
class IndexServerTest {
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

  private static String ask(EmbeddedChannel channel, String text) {
    Browser.send(channel, text.getBytes(ISO_8859_1));
    return new String(Browser.received(channel), ISO_8859_1);
  }

  private void pass(EmbeddedChannel channel, Duration time) {
    browser.clock.advance(time);
    channel.advanceTimeBy(time.toNanos(), TimeUnit.NANOSECONDS);
    channel.runScheduledPendingTasks();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "PUT / HTTP/1.1\r\nHost: x\r\n\r\n, 405",
        "nonsense\r\n\r\n, 400",
        "GET / HTTP/1.1\r\nHost: a\"b\r\n\r\n, 400",
        "POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 99999\r\n\r\n, 413",
        "POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999\r\n\r\n, 413",
        "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\na, 413"
      })
  void request_thatIsWrong_isRefusedAndEndsTheChannel(String both) {
    int comma = both.lastIndexOf(',');
    EmbeddedChannel channel = browser.connect();
    String answer = ask(channel, both.substring(0, comma));
    assertTrue(answer.startsWith("HTTP/1.1 " + both.substring(comma + 2)), answer);
    assertFalse(channel.isOpen());
    channel.finishAndReleaseAll();
  }

  @Test
  void requests_severalInOneOrInPieces_areAnsweredInOrder() {
    EmbeddedChannel channel = browser.connect();
    String two = "GET /robots.txt HTTP/1.1\r\nHost: x\r\n\r\nGET /api HTTP/1.1\r\nHost: x\r\n\r\n";
    String both = ask(channel, two);
    assertTrue(both.indexOf("Disallow") < both.indexOf("Missing parameter"), both);
    StringBuilder pieces = new StringBuilder();
    for (char single : two.toCharArray()) {
      pieces.append(ask(channel, String.valueOf(single)));
    }
    assertEquals(both, pieces.toString());
    assertTrue(channel.isOpen());
    channel.finishAndReleaseAll();
  }

  @Test
  void head_hasNoBody() {
    EmbeddedChannel channel = browser.connect();
    String answer = ask(channel, "HEAD /robots.txt HTTP/1.1\r\nHost: x\r\n\r\n");
    assertTrue(answer.endsWith("\r\n\r\n"), answer);
    assertTrue(answer.contains("Content-Length: 26"), answer);
    channel.finishAndReleaseAll();
  }

  @Test
  void requestThatIsSlow_isGivenUp_howeverItDrips() {
    EmbeddedChannel channel = browser.connect();
    ask(channel, "GET / HTTP/1.1\r\nHost: x\r\n");
    for (int i = 0; i < 40 && channel.isOpen(); i++) {
      ask(channel, "X: y\r\n");
      pass(channel, Duration.ofSeconds(1));
    }
    assertFalse(channel.isOpen());
  }

  @Test
  void idleChannel_isClosed() {
    EmbeddedChannel channel = browser.connect();
    ask(channel, "GET /robots.txt HTTP/1.1\r\nHost: x\r\n\r\n");
    pass(channel, IndexServer.IDLE_TIMEOUT.minusSeconds(1));
    assertTrue(channel.isOpen());
    pass(channel, Duration.ofSeconds(2));
    assertFalse(channel.isOpen());
  }

  @Test
  void bodies_ofAllTogether_areBounded_andGivenBack() {
    List<EmbeddedChannel> channels = new ArrayList<>();
    String most = "" + Site.MAX_BODY_BYTES;
    byte[] almost = new byte[Site.MAX_BODY_BYTES - 1];
    String refused = "";
    while (refused.isEmpty() && channels.size() < 100) {
      EmbeddedChannel channel = browser.connect();
      channels.add(channel);
      Browser.send(
          channel,
          ("POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: " + most + "\r\n\r\n")
              .getBytes(US_ASCII));
      Browser.send(channel, almost);
      refused = new String(Browser.received(channel), ISO_8859_1);
    }
    assertTrue(refused.startsWith("HTTP/1.1 503"), channels.size() + " " + refused);
    assertTrue(browser.server.bodies().get() <= IndexServer.MAX_BODIES_BYTES);
    channels.forEach(EmbeddedChannel::finishAndReleaseAll);
    assertEquals(0, browser.server.bodies().get());
    assertEquals(0, browser.server.channels());
  }

  @Test
  void channels_aboveTheBound_areRefused() {
    List<EmbeddedChannel> channels = new ArrayList<>();
    for (int i = 0; i < IndexServer.MAX_CHANNELS; i++) {
      channels.add(browser.connect());
    }
    assertFalse(browser.connect().isOpen());
    channels.getFirst().close();
    assertTrue(browser.connect().isOpen());
  }

  @Test
  void visitor_whoAsksTooMuch_isToldSo_andMayAgain() {
    String answer = "";
    int asked = 0;
    while (!answer.startsWith("HTTP/1.1 429") && asked < 1000) {
      EmbeddedChannel channel = browser.connect();
      answer = ask(channel, "GET /robots.txt HTTP/1.1\r\nHost: x\r\n\r\n");
      channel.finishAndReleaseAll();
      asked++;
    }
    assertEquals(Allowance.BURST + 1, asked);
    browser.clock.advance(Duration.ofSeconds(1));
    EmbeddedChannel channel = browser.connect();
    assertTrue(
        ask(channel, "GET /robots.txt HTTP/1.1\r\nHost: x\r\n\r\n").startsWith("HTTP/1.1 200"));
    channel.finishAndReleaseAll();
  }
}
