package org.tunic.ledger.message;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.ledger.BitcoinVectors;
import org.tunic.ledger.primitive.Block;
import org.tunic.ledger.primitive.Hash256;
import org.tunic.ledger.primitive.Transaction;
import org.tunic.ledger.primitive.WireWriter;

class MessageTest {
  static Stream<Message> all() {
    return Messages.all().stream();
  }

  @ParameterizedTest
  @MethodSource("all")
  void decode_ofEncoded_isTheSame(Message message) throws Exception {
    Message read = Message.decode(message.command(), message.payload());
    assertEquals(message, read);
    assertArrayEquals(message.payload(), read.payload());
  }

  @ParameterizedTest
  @MethodSource("all")
  void decode_cutOrLonger_isRefused(Message message) {
    if (message instanceof UnknownMessage || message instanceof VersionMessage) {
      return; // what follows is nobody's business, or later protocols'
    }
    byte[] payload = message.payload();
    byte[] longer = java.util.Arrays.copyOf(payload, payload.length + 1);
    assertThrows(MalformedException.class, () -> Message.decode(message.command(), longer));
    if (payload.length > 0) {
      byte[] cut = java.util.Arrays.copyOf(payload, payload.length - 1);
      assertThrows(MalformedException.class, () -> Message.decode(message.command(), cut));
    }
  }

  /** A message of the public chain, made by another program. */
  @Test
  void compactBlock_ofPublicChain_namesTheTransactionsOfItsBlock() throws Exception {
    byte[] raw = BitcoinVectors.bytes("blocks/compact898352.raw");
    CompactBlock compact = (CompactBlock) Message.decode("cmpctblock", raw);
    assertArrayEquals(raw, compact.payload());
    Block block = Block.decode(BitcoinVectors.bytes("blocks/block898352.raw"));
    assertEquals(block.header(), compact.header());
    assertEquals(block.transactions().size(), compact.count());
    CompactBlock.ShortIds names = new CompactBlock.ShortIds(block.header(), compact.nonce());
    List<Transaction> left = new java.util.ArrayList<>(block.transactions());
    compact.prefilled().forEach(each -> left.remove(each.transaction()));
    assertEquals(compact.shortIds(), left.stream().map(names::of).toList());
    assertFalse(left.isEmpty());
  }

  @Test
  void bounds_ofEachList_areKept() {
    refused("inv", new WireWriter().compactSize(50_001).bytes(new byte[36 * 50_001]));
    refused("headers", new WireWriter().compactSize(2001).bytes(new byte[81 * 2001]));
    refused("addr", new WireWriter().compactSize(1001).bytes(new byte[30 * 1001]));
    refused("getheaders", new WireWriter().u32(1).compactSize(102).bytes(new byte[32 * 103]));
    refused("version", new WireWriter().bytes(new byte[80]).string(new byte[257]).u32(0).u8(0));
    WireWriter entry = new WireWriter().compactSize(1).u32(0).compactSize(0).u8(99);
    refused("addrv2", entry.string(new byte[513]).u16(0));
    WireWriter tor = new WireWriter().compactSize(1).u32(0).compactSize(0);
    refused("addrv2", tor.u8(PeerAddress.TOR_V3).string(new byte[31]).u16(0));
  }

  private static void refused(String command, WireWriter payload) {
    assertThrows(
        MalformedException.class, () -> Message.decode(command, payload.toArray()), command);
  }

  @Test
  void positions_beyondTheBlock_areRefused() {
    WireWriter wide = new WireWriter().hash(Hash256.ZERO).compactSize(2);
    refused("getblocktxn", wide.compactSize(0xfffe).compactSize(0));
    WireWriter empty = new WireWriter().bytes(new byte[88]).u8(0).u8(0);
    refused("cmpctblock", empty);
  }

  /** Where a peer is must not get into a log by accident. */
  @Test
  void toString_ofAddress_hidesIt() {
    byte[] key = new byte[32];
    key[3] = 77;
    PeerAddress address = new PeerAddress(1, 2, PeerAddress.TOR_V3, Bytes.copyOf(key), 18_444);
    assertEquals("PeerAddress[network 4]", address.toString());
  }

  /** BIP 155's port stands in the order of networks, unlike all else. */
  @Test
  void port_ofAddress_isBigEndian() {
    PeerAddress address = new PeerAddress(0, 0, 99, Bytes.EMPTY, 0x1234);
    byte[] payload = new Addresses(true, List.of(address)).payload();
    assertEquals(0x12, payload[payload.length - 2]);
    assertEquals(0x34, payload[payload.length - 1]);
  }
}
