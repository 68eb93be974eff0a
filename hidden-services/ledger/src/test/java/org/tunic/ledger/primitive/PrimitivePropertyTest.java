package org.tunic.ledger.primitive;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.testing.SeededRandom;

/** What is written is read as it was, and lengths are checked before memory is asked for. */
class PrimitivePropertyTest {
  @Test
  void compactSize_anyValue_goesBothWaysInTheShortestForm() throws Exception {
    SeededRandom random = new SeededRandom(1);
    for (int i = 0; i < 2000; i++) {
      long value = random.nextLong() >>> random.nextInt(64);
      byte[] bytes = new WireWriter().compactSize(value).toArray();
      assertEquals(WireWriter.compactSizeLength(value), bytes.length);
      WireReader in = new WireReader(bytes);
      assertEquals(value, in.compactSize());
      in.expectEnd();
    }
  }

  @Test
  void compactSize_longerThanNeeded_isRefused() {
    for (byte[] bytes :
        List.of(
            new WireWriter().u8(0xfd).u16(0xfc).toArray(),
            new WireWriter().u8(0xfe).u32(0xffff).toArray(),
            new WireWriter().u8(0xff).i64(0xffff_ffffL).toArray())) {
      assertThrows(MalformedException.class, () -> new WireReader(bytes).compactSize());
    }
  }

  /** Four bytes that announce two thousand million inputs cost nothing. */
  @Test
  void count_largerThanTheRest_isRefusedBeforeAllocation() {
    byte[] bytes = new WireWriter().u32(1).u8(0xfe).u32(0x7fff_ffffL).toArray();
    assertThrows(MalformedException.class, () -> Transaction.decode(bytes));
    byte[] huge = new WireWriter().u8(0xff).i64(-1).toArray();
    assertThrows(MalformedException.class, () -> new WireReader(huge).count(1));
  }

  @Test
  void transaction_anyOne_goesBothWays() throws Exception {
    SeededRandom random = new SeededRandom(2);
    for (int i = 0; i < 300; i++) {
      Transaction tx = transaction(random, true);
      byte[] bytes = tx.toArray();
      assertEquals(tx.length(), bytes.length, random::toString);
      Transaction read = Transaction.decode(bytes);
      assertArrayEquals(bytes, read.toArray(), random::toString);
      assertEquals(tx.txid(), read.txid());
      assertEquals(tx.wtxid(), read.wtxid());
      assertEquals(3 * tx.strippedLength() + bytes.length, tx.weight());
    }
  }

  @Test
  void identifiers_withAnotherWitness_differInOneAlone() {
    SeededRandom random = new SeededRandom(3);
    Transaction tx = transaction(random, false);
    List<TxInput> inputs = new ArrayList<>(tx.inputs());
    inputs.set(0, inputs.getFirst().withWitness(List.of(Bytes.copyOf(new byte[] {7}))));
    Transaction other = new Transaction(tx.version(), inputs, tx.outputs(), tx.lockTime());
    assertEquals(tx.txid(), other.txid());
    assertNotEquals(tx.wtxid(), other.wtxid());
  }

  @Test
  void decode_witnessPartWithoutWitnesses_isRefused() {
    SeededRandom random = new SeededRandom(4);
    Transaction tx = transaction(random, false);
    byte[] plain = tx.toArray();
    WireWriter out = new WireWriter();
    out.bytes(plain, 0, 4).u8(0).u8(1).bytes(plain, 4, plain.length - 8);
    tx.inputs().forEach(input -> out.u8(0));
    out.bytes(plain, plain.length - 4, 4);
    assertThrows(MalformedException.class, () -> Transaction.decode(out.toArray()));
  }

  @Test
  void header_anyOne_goesBothWays() throws Exception {
    SeededRandom random = new SeededRandom(5);
    for (int i = 0; i < 100; i++) {
      byte[] bytes = random.bytes(BlockHeader.LENGTH);
      BlockHeader header = BlockHeader.decode(new WireReader(bytes));
      assertArrayEquals(bytes, header.toArray());
      assertEquals(Hash256.sha256d(bytes), header.hash());
    }
  }

  @Test
  void hash_asPeopleSeeIt_isReversed() throws Exception {
    String text = "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f";
    assertEquals(text, Hash256.fromDisplay(text).display());
    assertEquals(0x6f, Hash256.fromDisplay(text).at(0));
  }

  static Transaction transaction(SeededRandom random, boolean witnesses) {
    List<TxInput> inputs = new ArrayList<>();
    for (int n = 1 + random.nextInt(4); n > 0; n--) {
      List<Bytes> witness = new ArrayList<>();
      for (int w = witnesses ? random.nextInt(4) : 0; w > 0; w--) {
        witness.add(Bytes.copyOf(random.bytes(random.nextInt(300))));
      }
      inputs.add(
          new TxInput(
              new OutPoint(Hash256.copyOf(random.bytes(32)), random.nextLong() & 0xffff_ffffL),
              Script.of(random.bytes(random.nextInt(300))),
              random.nextLong() & 0xffff_ffffL,
              witness));
    }
    List<TxOutput> outputs = new ArrayList<>();
    for (int n = random.nextInt(4); n >= 0; n--) {
      outputs.add(new TxOutput(random.nextLong(), Script.of(random.bytes(random.nextInt(300)))));
    }
    return new Transaction(random.nextInt(), inputs, outputs, random.nextLong() & 0xffff_ffffL);
  }
}
