package org.tunic.crypto.bytes;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.tunic.testing.SeededRandom;

class ByteReaderTest {
  @Test
  void fields_extremes_areUnsigned() throws Exception {
    byte[] ones = new ByteWriter().zeros(15).toArray();
    Arrays.fill(ones, (byte) 0xff);
    ByteReader in = new ByteReader(ones);
    assertEquals(255, in.u8());
    assertEquals(65535, in.u16());
    assertEquals(4294967295L, in.u32());
    assertEquals(-1L, in.u64());
    in.expectEnd();
  }

  @Test
  void region_insideAnArray_endsThere() throws Exception {
    ByteReader in = new ByteReader(new byte[] {1, 2, 3, 4, 5}, 1, 3);
    assertEquals(2, in.u8());
    ByteReader rest = in.slice(2);
    assertEquals(0, in.remaining());
    assertEquals(0x0304, rest.u16());
    assertThrows(MalformedException.class, rest::u8);
  }

  @Test
  void reads_beyondTheEnd_areMalformedAndTakeNothing() throws Exception {
    ByteReader in = new ByteReader(new byte[] {1});
    assertThrows(MalformedException.class, in::u16);
    assertThrows(MalformedException.class, in::u32);
    assertThrows(MalformedException.class, in::u64);
    assertThrows(MalformedException.class, () -> in.array(2));
    assertThrows(MalformedException.class, () -> in.bytes(Integer.MAX_VALUE));
    assertThrows(MalformedException.class, () -> in.slice(-1));
    assertThrows(MalformedException.class, () -> in.skip(Integer.MIN_VALUE));
    assertThrows(MalformedException.class, in::expectEnd);
    assertEquals(1, in.u8());
  }

  @Test
  void malformed_hasNoStack() {
    assertEquals(0, new MalformedException("x").getStackTrace().length);
  }

  @RepeatedTest(20)
  void writtenFields_readBack_areTheSame(RepetitionInfo run) throws Exception {
    SeededRandom random = new SeededRandom(run.getCurrentRepetition());
    int a = random.nextInt(256);
    int b = random.nextInt(65536);
    long c = random.nextLong(1L << 32);
    long d = random.nextLong();
    byte[] e = random.bytes(random.nextInt(200));
    ByteWriter out = new ByteWriter(1).u8(a).u16(b).u32(c).u64(d).u16(0).bytes(e).zeros(3);
    out.setU16(15, e.length);
    assertEquals(20 + e.length, out.length(), random::toString);
    ByteReader in = new ByteReader(out.toArray());
    assertEquals(a, in.u8(), random::toString);
    assertEquals(b, in.u16(), random::toString);
    assertEquals(c, in.u32(), random::toString);
    assertEquals(d, in.u64(), random::toString);
    assertArrayEquals(e, in.array(in.u16()), random::toString);
    assertEquals(new ByteWriter().zeros(3).toBytes(), in.bytes(3), random::toString);
    in.expectEnd();
  }

  @Test
  void fixedWriter_pastItsRegion_throws() {
    byte[] target = new byte[10];
    ByteWriter out = ByteWriter.into(target, 2, 5).u32(0x01020304).u8(5);
    assertThrows(IndexOutOfBoundsException.class, () -> out.u8(6));
    assertArrayEquals(new byte[] {0, 0, 1, 2, 3, 4, 5, 0, 0, 0}, target);
    assertArrayEquals(new byte[] {1, 2, 3, 4, 5}, out.toArray());
    out.setU16(0, 0x0a0b);
    assertEquals(0x0a, target[2]);
    assertThrows(IndexOutOfBoundsException.class, () -> out.setU16(4, 1));
  }
}
