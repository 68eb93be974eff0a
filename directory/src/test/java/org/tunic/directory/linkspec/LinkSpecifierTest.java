package org.tunic.directory.linkspec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tunic.crypto.bytes.ByteReader;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.identity.Ed25519Identity;
import org.tunic.crypto.identity.RsaIdentity;

class LinkSpecifierTest {
  @Test
  void list_ofEachKind_hasTheBytesOfTheSpecification() throws Exception {
    String hex =
        "05"
            + "0006"
            + "7f000001"
            + "1f90"
            + "0112"
            + "20010db8000000000000000000000001"
            + "01bb"
            + "0214"
            + "11".repeat(20)
            + "0320"
            + "22".repeat(32)
            + "2a03"
            + "0a0b0c";
    ByteReader in = new ByteReader(Bytes.fromHex(hex).toArray());
    List<LinkSpecifier> list = LinkSpecifier.decodeList(in);
    in.expectEnd();
    assertEquals(
        List.of(
            new LinkSpecifier.Ipv4(RelayAddress.parse("127.0.0.1:8080").orElseThrow()),
            new LinkSpecifier.Ipv6(RelayAddress.parse("[2001:db8::1]:443").orElseThrow()),
            new LinkSpecifier.RsaId(new RsaIdentity(Bytes.fromHex("11".repeat(20)))),
            new LinkSpecifier.Ed25519Id(new Ed25519Identity(Bytes.fromHex("22".repeat(32)))),
            new LinkSpecifier.Unknown(0x2a, Bytes.fromHex("0a0b0c"))),
        list);
    ByteWriter out = new ByteWriter();
    LinkSpecifier.encodeList(list, out);
    assertEquals(hex, out.toBytes().hex());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "01", // no specifier
        "0100", // no length
        "010005" + "7f0000011f", // IPv4 one byte short
        "010007" + "7f0000011f9000", // IPv4 one byte long
        "010213" + "1111111111111111111111111111111111111111", // RSA identity of 19 bytes
        "01031f" + "2222222222222222222222222222222222222222222222222222222222222222",
        "0206067f0000011f90", // second one missing
        "01ff05aabb", // body cut short
      })
  void malformedLists_areRefused(String hex) throws Exception {
    ByteReader in = new ByteReader(Bytes.fromHex(hex).toArray());
    assertThrows(MalformedException.class, () -> LinkSpecifier.decodeList(in));
  }

  @Test
  void lists_ofAnyKind_roundTrip() throws Exception {
    long seed = 99;
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < 500; i++) {
      List<LinkSpecifier> list = new ArrayList<>();
      for (int n = random.nextInt(6); n > 0; n--) {
        byte[] body = new byte[random.nextInt(256)];
        random.nextBytes(body);
        list.add(new LinkSpecifier.Unknown(4 + random.nextInt(252), Bytes.copyOf(body)));
        byte[] ip = new byte[random.nextBoolean() ? 4 : 16];
        random.nextBytes(ip);
        list.add(LinkSpecifier.of(new RelayAddress(Bytes.copyOf(ip), random.nextInt(65536))));
      }
      ByteWriter out = new ByteWriter();
      LinkSpecifier.encodeList(list, out);
      assertEquals(list, LinkSpecifier.decodeList(new ByteReader(out.toArray())), "seed " + seed);
    }
  }

  @Test
  void randomBytes_areAListOrMalformed() {
    SplittableRandom random = new SplittableRandom(3);
    int lists = 0;
    for (int i = 0; i < 5_000; i++) {
      byte[] bytes = new byte[random.nextInt(120)];
      random.nextBytes(bytes);
      try {
        LinkSpecifier.decodeList(new ByteReader(bytes));
        lists++;
      } catch (MalformedException e) {
        assertEquals(0, e.getStackTrace().length); // nothing else may be thrown
      }
    }
    assertTrue(lists > 0);
  }

  @Test
  void addresses_areNumericOnlyAndRedacted() {
    assertEquals("192.0.2.1:9001", RelayAddress.parse("192.0.2.1:9001").orElseThrow().unredacted());
    RelayAddress ipv6 = RelayAddress.parse("[2001:db8:0::7]:9001").orElseThrow();
    assertEquals("[2001:db8::7]:9001", ipv6.unredacted());
    assertEquals("2001:db8::7", ipv6.ipText());
    assertEquals(ipv6, RelayAddress.of(ipv6.socketAddress()));
    assertFalse(ipv6.socketAddress().isUnresolved());
    assertEquals("[IPv6 address]", ipv6.toString());
    assertTrue(RelayAddress.parse("localhost:80").isEmpty());
    assertTrue(RelayAddress.parse("192.0.2.1").isEmpty());
    assertTrue(RelayAddress.parse("192.0.2.1:65536").isEmpty());
    assertTrue(RelayAddress.parse("192.0.2.1:-1").isEmpty());
    assertTrue(RelayAddress.parse("2001:db8::7:80").isEmpty());
  }
}
