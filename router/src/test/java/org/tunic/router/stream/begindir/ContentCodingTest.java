package org.tunic.router.stream.begindir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.directory.fetch.DirFetchException;

final class ContentCodingTest {
  private static final int MAX = 16 * 1024 * 1024;

  /** Text that compresses as documents do, some 4:1. */
  private static Bytes document(int length, long seed) {
    Random random = new Random(seed);
    StringBuilder text = new StringBuilder();
    while (text.length() < length) {
      text.append("r node").append(random.nextInt(100_000)).append(" 127.0.0.1 9001 0\n");
    }
    return Bytes.copyOf(text.substring(0, length).getBytes(StandardCharsets.US_ASCII));
  }

  private static DirFetchException.Reason reason(ContentCoding coding, byte[] body, int max) {
    return assertThrows(DirFetchException.class, () -> coding.decode(body, max)).reason();
  }

  @ParameterizedTest
  @EnumSource(ContentCoding.class)
  void decode_ofEncoded_isTheDocument(ContentCoding coding) throws Exception {
    for (int length : new int[] {0, 1, 100, 70_000, 3_000_000}) {
      Bytes document = document(length, length);
      assertEquals(document, coding.decode(coding.encode(document).toArray(), MAX));
    }
  }

  /**
   * An authority of a small network encodes two documents a round; with windows of the preset's
   * size that made 190 MiB of garbage each, which a serial collector lets grow to the heap's limit.
   */
  @ParameterizedTest
  @EnumSource(ContentCoding.class)
  void encode_ofASmallDocument_takesLittleMemory(ContentCoding coding) {
    Bytes document = document(5000, 1);
    coding.encode(document); // loads the classes
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    coding.encode(document);
    long bytes = threads.getCurrentThreadAllocatedBytes() - before;
    assertTrue(bytes < 2 << 20, bytes + " bytes");
  }

  @ParameterizedTest
  @EnumSource(value = ContentCoding.class, names = "IDENTITY", mode = EnumSource.Mode.EXCLUDE)
  void decode_ofTwoStreams_isBoth(ContentCoding coding) throws Exception {
    Bytes one = coding.encode(document(1000, 1));
    Bytes two = coding.encode(document(1000, 2));
    Bytes both = coding.decode(Bytes.concat(one, two).toArray(), MAX);
    assertEquals(Bytes.concat(document(1000, 1), document(1000, 2)), both);
  }

  /** 10 MB of zeros fit into 10 KB: within the bytes allowed, beyond the expansion allowed. */
  @ParameterizedTest
  @EnumSource(value = ContentCoding.class, names = "IDENTITY", mode = EnumSource.Mode.EXCLUDE)
  void decode_ofABomb_isRefused(ContentCoding coding) {
    byte[] bomb = coding.encode(Bytes.copyOf(new byte[10_000_000])).toArray();
    assertTrue(bomb.length < 20_000);
    assertEquals(DirFetchException.Reason.TOO_LARGE, reason(coding, bomb, MAX));
  }

  @ParameterizedTest
  @EnumSource(ContentCoding.class)
  void decode_beyondTheLimit_isRefused(ContentCoding coding) throws Exception {
    byte[] body = coding.encode(document(10_001, 1)).toArray();
    assertEquals(DirFetchException.Reason.TOO_LARGE, reason(coding, body, 10_000));
    assertEquals(10_001, coding.decode(body, 10_001).length());
  }

  @ParameterizedTest
  @EnumSource(value = ContentCoding.class, names = "IDENTITY", mode = EnumSource.Mode.EXCLUDE)
  void decode_ofAPart_isCutShort(ContentCoding coding) {
    byte[] body = coding.encode(document(10_000, 1)).toArray();
    byte[] part = Arrays.copyOf(body, body.length - 10);
    assertEquals(DirFetchException.Reason.CUT_SHORT, reason(coding, part, MAX));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void decode_ofRandomBytes_failsWithAReason(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < 2000; round++) {
      byte[] bytes = new byte[random.nextInt(300)];
      random.nextBytes(bytes);
      if (bytes.length > 2 && random.nextBoolean()) {
        byte[] start = ContentCoding.DEFLATE.encode(document(200, round)).toArray();
        System.arraycopy(start, 0, bytes, 0, Math.min(start.length, bytes.length) / 2);
      }
      for (ContentCoding coding : ContentCoding.values()) {
        try {
          coding.decode(bytes, MAX);
        } catch (DirFetchException expected) {
          // the only exception there may be
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "/tor/keys/all.z, '', DEFLATE",
    "/tor/keys/all.z, identity, DEFLATE",
    "/tor/keys/all, '', IDENTITY",
    "/tor/keys/all, 'x-tor-lzma, x-zstd, deflate, gzip, identity', ZSTD",
    "/tor/keys/all, 'x-zstd, GZIP', ZSTD",
    "/tor/keys/all, 'GZIP, br', GZIP",
    "/tor/keys/all, 'x-tor-lzma, br, identity', IDENTITY",
    "/tor/status-vote/current/consensus-microdesc.z, 'x-zstd, x-tor-lzma', LZMA",
    "/tor/status-vote/current/consensus-microdesc.z, 'x-zstd, gzip', ZSTD",
    "/tor/status-vote/current/consensus-microdesc.z, 'gzip', DEFLATE",
  })
  void usable_followsTheRequest(String path, String accepted, ContentCoding expected) {
    List<ContentCoding> usable = ContentCoding.usable(path, Optional.of(accepted));
    assertEquals(expected, usable.getFirst());
    assertEquals(ContentCoding.IDENTITY, usable.getLast());
  }

  @Test
  void named_unknown_isMalformed() {
    assertThrows(DirFetchException.class, () -> ContentCoding.named("br"));
  }

  /** What xz and zstd of the distribution wrote: other encoders than ours. */
  @ParameterizedTest
  @CsvSource({
    "LZMA, 5d00008000ffffffffffffffff00341a400581f6e90b5ffffd744000",
    "ZSTD, 28b52ffd045829000068692068694061a553",
  })
  void decode_ofAnotherEncoder_isTheText(ContentCoding coding, String hex) throws Exception {
    Bytes text = coding.decode(HexFormat.of().parseHex(hex), 100);
    assertEquals("hi hi", new String(text.toArray(), StandardCharsets.US_ASCII));
  }

  /** Else C tor warns of binary junk, and finds out by trying. */
  @ParameterizedTest
  @ValueSource(ints = {1, 100, 5_000, 20_000, 70_000, 300_000})
  void encode_asLzma_beginsAsCTorExpects(int length) {
    byte[] body = ContentCoding.LZMA.encode(document(length, 1)).toArray();
    assertEquals("5d0000", HexFormat.of().formatHex(body, 0, 3));
  }

  /** A header that asks for a window of 1 GiB is no reason to allocate one. */
  @Test
  void decode_ofLzmaWithAHugeDictionary_isRefusedBeforeAllocating() {
    byte[] body = ContentCoding.LZMA.encode(document(100, 1)).toArray();
    body[4] = 0x40; // dictionary size, little-endian, bytes 1 to 4
    assertEquals(DirFetchException.Reason.MALFORMED, reason(ContentCoding.LZMA, body, MAX));
  }

  @Test
  void codedBodies_lzmaNotMadeYet_isTheNextBest() {
    CodedBodies bodies = new CodedBodies();
    List<ContentCoding> usable = List.of(ContentCoding.LZMA, ContentCoding.GZIP);
    Bytes document = document(100_000, 1);
    List<Runnable> slow = new ArrayList<>();
    assertEquals(ContentCoding.GZIP, bodies.best(document, usable, slow::add).coding());
    assertEquals(ContentCoding.GZIP, bodies.best(document, usable, slow::add).coding());
    assertEquals(1, slow.size(), "made once");
    slow.getFirst().run();
    CodedBodies.Coded best = bodies.best(document, usable, slow::add);
    assertEquals(ContentCoding.LZMA, best.coding());
    assertEquals(1, slow.size());
    assertEquals(
        ContentCoding.LZMA, bodies.best(document(100, 1), usable, slow::add).coding(), "small");
  }

  @Test
  void codedBodies_sameDocument_isCompressedOnce() {
    CodedBodies bodies = new CodedBodies();
    Bytes document = document(100_000, 1);
    Bytes first = bodies.encode(document, ContentCoding.DEFLATE);
    assertSame(first, bodies.encode(document, ContentCoding.DEFLATE));
    Bytes equal = Bytes.copyOf(document.toArray());
    assertEquals(first, bodies.encode(equal, ContentCoding.DEFLATE));
  }

  @Test
  void codedBodies_keepNoMoreThanTheBound() {
    CodedBodies bodies = new CodedBodies();
    Random random = new Random(1);
    for (int i = 0; i < 12; i++) {
      byte[] incompressible = new byte[3 * 1024 * 1024];
      random.nextBytes(incompressible);
      bodies.encode(Bytes.copyOf(incompressible), ContentCoding.DEFLATE);
      assertTrue(bodies.size() <= CodedBodies.MAX_BYTES);
    }
    assertTrue(bodies.size() > CodedBodies.MAX_BYTES / 2);
  }
}
