package org.tunic.router.stream.socks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.router.stream.socks.SocksParser.Answer;
import org.tunic.router.stream.socks.SocksParser.NeedMore;
import org.tunic.router.stream.socks.SocksParser.Refused;
import org.tunic.router.stream.socks.SocksParser.Requested;
import org.tunic.router.stream.socks.SocksParser.SpokeHttp;
import org.tunic.router.stream.socks.SocksParser.Step;

/** Messages written by hand after RFC 1928, RFC 1929 and socks-extensions. */
final class SocksParserTest {
  private static final String GREETING = "050100";
  private static final String ONION = hex("torproject.org");

  private static String hex(String text) {
    return HexFormat.of().formatHex(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static ByteBuf bytes(String hex) {
    return Unpooled.wrappedBuffer(HexFormat.of().parseHex(hex.replace(" ", "")));
  }

  /** The last step of a negotiation whose bytes come all at once. */
  private static Step last(String hex) {
    SocksParser parser = new SocksParser(false);
    ByteBuf in = bytes(hex);
    Step step = parser.next(in);
    while (step instanceof Answer) {
      step = parser.next(in);
    }
    return step;
  }

  private static EntryRequest request(String hex) {
    return assertInstanceOf(Requested.class, last(hex)).request();
  }

  private static String refusal(String hex) {
    return assertInstanceOf(Refused.class, last(hex)).reply().hex();
  }

  private static String userName(String name) {
    return "050102" + "01" + HexFormat.of().toHexDigits((byte) name.length()) + hex(name) + "00";
  }

  @Test
  void socks4_connectToAddress_isRequested() {
    EntryRequest request = request("0401 1112 02020203 00");
    assertEquals(4, request.version());
    assertEquals(SocksCommand.CONNECT, request.command());
    assertEquals("2.2.2.3", request.target().unredacted());
    assertEquals(4370, request.port());
    assertEquals(Bytes.EMPTY, request.user());
  }

  @Test
  void socks4_userId_isKept() {
    EntryRequest request = request("0401 1112 02020204 6d65 00");
    assertEquals("6d65", request.user().hex());
    assertEquals("2.2.2.4", request.target().unredacted());
  }

  @Test
  void socks4a_hostName_staysText() {
    EntryRequest request = request("0401 0050 00000002 6d65 00" + ONION + "00");
    assertEquals("torproject.org", request.target().unredacted());
    assertInstanceOf(TargetHost.Name.class, request.target());
  }

  @Test
  void socks4a_resolve_needsNoPort() {
    EntryRequest request = request("04f0 0000 00000002 6d65 00" + ONION + "00");
    assertEquals(SocksCommand.RESOLVE, request.command());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0402 1111 02020202 00", // BIND
        "0403 1111 02020202 00",
        "04f1 1111 02020202 00", // RESOLVE_PTR is SOCKS 5 only
        "0401 0050 00000000 00", // address 0
        "0401 0000 01020304 00", // port 0
        "0401 0050 00000001 00 2d2d2d 00", // ---
        "0401 0050 00000001 00 00", // empty name
      })
  void socks4_badArgument_isRefused(String message) {
    assertEquals("005b000000000000", refusal(message));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0401 0050 01020304", "0401 0050 00000001 00"})
  void socks4_textWithoutEnd_isDropped(String head) {
    String endless = head + hex("1234567890".repeat(200));
    assertEquals("", refusal(endless));
  }

  @Test
  void socks4a_nameLongerThan255_isRefused() {
    String name = hex("a".repeat(255) + "b");
    assertEquals("005b000000000000", refusal("0401 0050 00000001 00" + name + "00"));
  }

  @ParameterizedTest
  @CsvSource({
    "050100, 0500", // none
    "050102, 0502", // user and password
    "05020002, 0502", // both: the credentials isolate streams
    "05020200, 0502",
    "0503010002, 0502",
    "05020100, 0500", // GSSAPI, none
  })
  void socks5_methods_areAnswered(String offer, String answer) {
    Step step = new SocksParser(false).next(bytes(offer));
    assertEquals(answer, assertInstanceOf(Answer.class, step).reply().hex());
  }

  @Test
  void socks5_methodsPreferNone_areAnswered() {
    Step step = new SocksParser(true).next(bytes("05020002"));
    assertEquals("0500", assertInstanceOf(Answer.class, step).reply().hex());
  }

  @ParameterizedTest
  @ValueSource(strings = {"050101", "0500", "0502 0380"})
  void socks5_noUsableMethod_isRefused(String offer) {
    assertEquals("05ff", refusal(offer));
  }

  @Test
  void socks5_credentials_areKeptByteForByte() {
    String first = "050102 01 02 c3a9 02 c3a8";
    SocksParser parser = new SocksParser(false);
    ByteBuf in = bytes(first + "05010001 02020202 1111");
    assertEquals("0502", assertInstanceOf(Answer.class, parser.next(in)).reply().hex());
    assertEquals("0100", assertInstanceOf(Answer.class, parser.next(in)).reply().hex());
    EntryRequest request = assertInstanceOf(Requested.class, parser.next(in)).request();
    assertEquals("c3a9", request.user().hex());
    assertEquals("c3a8", request.password().hex());
    assertNotEquals(request.user(), request.password());
  }

  @Test
  void socks5_emptyCredentials_areAccepted() {
    EntryRequest request = request("050102 01 00 00 05010001 02020202 1111");
    assertEquals(Bytes.EMPTY, request.user());
  }

  @Test
  void socks5_credentialsAfterNoneWasChosen_areAccepted() {
    EntryRequest request = request("050100 01 02 0101 02 0101 05010001 02020202 1111");
    assertEquals("0101", request.user().hex());
  }

  @Test
  void socks5_longestCredentials_areAccepted() {
    String text = hex("x".repeat(255));
    EntryRequest request = request("050102 01 ff" + text + "ff" + text + "05010001 02020202 1111");
    assertEquals(255, request.password().length());
  }

  @ParameterizedTest
  @ValueSource(strings = {"<torS0X>", "<torS0X>1", "<torS0X>00", "<torS0X>0abc"})
  void socks5_unknownExtendedUserName_isRefused(String name) {
    assertEquals("0101", refusal(userName(name)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"<torS0X>0", "<torS0X", "torS0X>1", ""})
  void socks5_otherUserName_isAccepted(String name) {
    EntryRequest request = request(userName(name) + "05010001 02020202 1111");
    assertEquals(hex(name), request.user().hex());
  }

  @Test
  void socks5_authenticationVersion2_isDropped() {
    assertEquals("", refusal("050102 02 02 6d65 00"));
  }

  @ParameterizedTest
  @CsvSource({
    "05010001 02020202 1111, 2.2.2.2, 4369",
    "05010004 200241b802020deb021321fffe201426 0050, 2002:41b8:202:deb:213:21ff:fe20:1426, 80",
    "05010003 07 382e382e382e38 1111, 8.8.8.8, 4369",
    "05010003 05 5b3a3a315d 0001, ::1, 1",
    "05010003 03 3a3a31 ffff, ::1, 65535",
    "05010003 09 5b312e322e332e345d 0050, 1.2.3.4, 80",
    "05010003 04 412e625f 0050, a.b_, 80",
    "05010003 02 612e 0050, a., 80",
  })
  void socks5_connect_isRequested(String message, String host, int port) {
    EntryRequest request = request(GREETING + message);
    assertEquals(5, request.version());
    assertEquals(SocksCommand.CONNECT, request.command());
    assertEquals(host, request.target().unredacted());
    assertEquals(port, request.port());
  }

  @Test
  void socks5_hostName_staysText() {
    EntryRequest request = request(GREETING + "05f00003 0e" + ONION + "0000");
    assertEquals(SocksCommand.RESOLVE, request.command());
    assertEquals("torproject.org", request.target().unredacted());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "05f10001 02020205 0103",
        "05f10004 20010db885a300000000 8a2e03707334 0103",
        "05f10003 07 382e382e382e38 0000",
      })
  void socks5_resolvePtr_isRequested(String message) {
    assertEquals(SocksCommand.RESOLVE_PTR, request(GREETING + message).command());
  }

  @ParameterizedTest
  @CsvSource({
    "05020001 02020201 0101, 07", // BIND
    "05030001 02020201 0101, 07", // UDP ASSOCIATE
    "05010009 02020201 0101, 08", // unknown address type
    "05f10003 0e746f7270726f6a6563742e6f7267 0101, 08", // RESOLVE_PTR of a name
    "05010001 02020201 0000, 01", // port 0
    "05010003 00 0050, 01", // empty name
    "05010003 03 2d2d2d 0050, 01",
    "05010003 03 612f62 0050, 01", // a/b
    "05010003 03 61e962 0050, 01", // not US-ASCII
    "05010003 04 612e2e62 0050, 01", // a..b
    "04010001 02020201 0101, 01", // wrong version
  })
  void socks5_badRequest_isRefused(String message, String code) {
    assertEquals("05" + code + "000100000000" + "0000", refusal(GREETING + message));
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET / HTTP/1.1", "HEAD /", "POST /x", "PUT", "CONNECT example.com:443"})
  void http_isRecognised(String head) {
    assertInstanceOf(SpokeHttp.class, last(hex(head)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"00", "0100", "0600", "160301", "ff"})
  void otherProtocol_isDropped(String head) {
    assertEquals("", refusal(head));
  }

  @Test
  void dataBehindTheRequest_isLeftInTheBuffer() {
    SocksParser parser = new SocksParser(false);
    ByteBuf in = bytes("050100 05010001 02020202 1111 68656c6c6f");
    assertInstanceOf(Answer.class, parser.next(in));
    assertInstanceOf(Requested.class, parser.next(in));
    assertEquals("hello", in.toString(StandardCharsets.US_ASCII));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0401 0050 00000002 6d65 00 746f7270726f6a6563742e6f7267 00",
        "050100 05010003 0e746f7270726f6a6563742e6f7267 0050",
        "050102 01 02 6d65 02 6d65 05010004 20010db885a3000000008a2e03707334 0050",
      })
  void everyPrefix_needsMore(String message) {
    String digits = message.replace(" ", "");
    for (int length = 0; length < digits.length(); length += 2) {
      assertInstanceOf(NeedMore.class, last(digits.substring(0, length)), "prefix " + length / 2);
    }
    assertInstanceOf(Requested.class, last(digits));
  }

  @Test
  void requests_showNothingPrivate() {
    EntryRequest request = request("050102 01 02 6d65 02 6d65 0501000303612e620050");
    StreamRequest stream =
        new StreamRequest(
            request.target(),
            request.port(),
            new IsolationKey(1, Bytes.EMPTY, 5, request.user(), request.password(), 0, "a.b"));
    String shown = request + " " + stream + " " + stream.isolation() + " " + stream.target();
    assertEquals(-1, shown.indexOf("a.b"), shown);
    assertEquals(-1, shown.indexOf("6d65"), shown);
  }
}
