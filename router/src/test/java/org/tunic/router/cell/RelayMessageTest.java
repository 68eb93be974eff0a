package org.tunic.router.cell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tunic.crypto.bytes.ByteReader;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.Hex;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.testing.SeededRandom;

/** Forms that are easy to get wrong. */
class RelayMessageTest {
  private static ByteReader text(String body) {
    return new ByteReader(body.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static ByteReader hex(String body) throws MalformedException {
    return new ByteReader(Hex.decode(body));
  }

  @Test
  void begin_readsHostPortAndFlags() throws Exception {
    assertEquals(
        new Begin("example.com", 80, 0x01020304), Begin.decode(text("example.com:80\0\1\2\3\4")));
    assertEquals(new Begin("example.com", 80, 0), Begin.decode(text("example.com:80\0\1\2\3")));
    assertEquals(new Begin("", 80, 0), Begin.decode(text(":80\0"))); // to an onion service
    assertEquals(new Begin("::1", 65535, 0), Begin.decode(text("[::1]:65535\0")));
    assertEquals(new Begin("10.0.0.1", 1, 0), Begin.decode(text("10.0.0.1:1\0")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "example.com:80",
        "\0",
        "example.com\0",
        "[]:80\0",
        "example.com:0\0",
        "example.com:65536\0",
        "example.com:8a\0",
        "example.com:\0",
        "example.com:000080\0",
        "exa mple.com:80\0",
        "exa\u0080mple.com:80\0",
        "exa\nmple:80\0"
      })
  void begin_thatIsMalformed_isRefused(String body) {
    assertThrows(MalformedException.class, () -> Begin.decode(text(body)));
  }

  @Test
  void resolve_withoutTheZero_isAccepted() throws Exception {
    assertEquals(new Resolve("example.com"), Resolve.decode(text("example.com")));
    assertEquals(new Resolve("example.com"), Resolve.decode(text("example.com\0rest")));
    assertThrows(MalformedException.class, () -> Resolve.decode(text("\0")));
  }

  @Test
  void connected_tellsTheFormsApart() throws Exception {
    assertEquals(Connected.WITHOUT_ADDRESS, Connected.decode(hex("")));
    assertEquals(
        new Connected(InetAddress.getByAddress(new byte[] {1, 2, 3, 4}), 60),
        Connected.decode(hex("010203040000003c")));
    byte[] ipv6 = new byte[16];
    ipv6[0] = 0x20;
    assertEquals(
        new Connected(InetAddress.getByAddress(ipv6), 60),
        Connected.decode(hex("0000000006" + "20" + "00".repeat(15) + "0000003c")));
    assertThrows(
        MalformedException.class,
        () -> Connected.decode(hex("0000000004" + "00".repeat(16) + "0000003c")));
    assertThrows(MalformedException.class, () -> Connected.decode(hex("0102")));
  }

  @Test
  void end_tellsTheFormsApart() throws Exception {
    assertEquals(new End(EndReason.MISC), End.decode(hex("")));
    assertEquals(new End(EndReason.DONE), End.decode(hex("06")));
    assertEquals(new End(EndReason.EXITPOLICY), End.decode(hex("04")));
    assertEquals(
        new End(EndReason.EXITPOLICY, InetAddress.getByAddress(new byte[] {1, 2, 3, 4}), 9),
        End.decode(hex("040102030400000009")));
    assertEquals("UNKNOWN_200", End.decode(hex("c8")).reason().name());
  }

  @Test
  void sendme_tellsTheVersionsApart() throws Exception {
    assertEquals(Sendme.UNAUTHENTICATED, Sendme.decode(hex("")));
    assertEquals(Sendme.UNAUTHENTICATED, Sendme.decode(hex("000014")));
    assertEquals(
        Sendme.authenticated(Bytes.copyOf(new byte[20])),
        Sendme.decode(hex("010014" + "00".repeat(20))));
    assertThrows(MalformedException.class, () -> Sendme.decode(hex("010014" + "00".repeat(19))));
  }

  @Test
  void extend2_keepsTheSpecifiersWhole() throws Exception {
    Extend2 extend =
        Extend2.decode(hex("02" + "00067f0000010050" + "0302aabb" + "0002" + "0003010203"));
    assertEquals("0200067f00000100500302aabb", extend.linkSpecifiers().hex());
    assertEquals(HandshakeType.NTOR, extend.type());
    assertEquals("010203", extend.onionSkin().hex());
    assertThrows(MalformedException.class, () -> Extend2.decode(hex("0100067f0000")));
  }

  @Test
  void header_withALengthBeyondTheCell_isRefused() throws Exception {
    byte[] cell = new byte[509];
    cell[RelayHeader.LENGTH] = 1;
    cell[RelayHeader.LENGTH + 1] = (byte) (498 - 256);
    RelayHeader header = new RelayHeader().wrap(cell, 0);
    assertEquals(498, header.checkLength().length());
    cell[RelayHeader.LENGTH + 1]++;
    assertThrows(CircuitViolation.class, header::checkLength);
  }

  @Test
  void header_write_fillsTheRestUnpredictably() {
    byte[] one = new byte[520];
    byte[] two = new byte[520];
    byte[] data = {1, 2, 3};
    new RelayHeader().wrap(one, 5).write(2, 7, data, 0, 3, new SeededRandom(1));
    new RelayHeader().wrap(two, 5).write(2, 7, data, 0, 3, new SeededRandom(2));
    assertEquals("0200000007000000000003" + "010203" + "00000000", Bytes.copyOf(one, 5, 18).hex());
    int different = 0;
    for (int i = 5 + 18; i < 5 + 509; i++) {
      different += one[i] == two[i] ? 0 : 1;
    }
    assertEquals(true, different > 450);
    assertEquals(0, one[4] | one[514] | one[515]);
  }

  @Test
  void retiredCreate_isACircuitViolation() {
    assertThrows(
        CircuitViolation.class,
        () -> ChannelMessage.decode(CellCommand.CREATE, new ByteReader(new byte[509])));
  }

  @Test
  void unknownCommand_isKnownAsSuch() {
    assertEquals(null, CellCommand.of(13));
    assertEquals(true, CellCommand.isVariableLength(200));
    assertEquals(true, CellCommand.isVariableLength(7));
    assertEquals(false, CellCommand.isVariableLength(127));
    assertEquals(CellCommand.VPADDING, CellCommand.of((byte) 128));
  }

  @Test
  void resolvedError_isWhatCTorSends() throws Exception {
    ByteWriter body = new ByteWriter();
    new Resolved(java.util.List.of(Resolved.Answer.error(true, 60))).encode(body);
    assertEquals("f018", body.toBytes().hex().substring(0, 4));
  }
}
