package org.tunic.index.metainfo;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.index.Torrents;
import org.tunic.testing.SeededRandom;

/** Torrents of any shape are read with the hash of the bytes that were put in. */
class MetainfoPropertyTest {
  static LongStream seeds() {
    return LongStream.rangeClosed(1, 100);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void parse_anyTorrent_keepsItsBytesAndFiles(long seed) throws MetainfoException {
    SeededRandom random = new SeededRandom(seed);
    long pieceLength = 1 + random.nextInt(100_000);
    List<Object> files = new ArrayList<>();
    long total = 0;
    int count = 1 + random.nextInt(20);
    for (int i = 0; i < count; i++) {
      long length = random.nextInt(300_000);
      total += length;
      List<Object> path = new ArrayList<>();
      for (int depth = random.nextInt(5); depth > 0; depth--) {
        path.add("d" + random.nextInt(3));
      }
      path.add("file " + i + " \u00e4\ud83d\ude00");
      files.add(Map.of("length", length, "path", path));
    }
    Map<String, Object> info = new TreeMap<>();
    info.put("files", files);
    info.put("name", "n" + seed);
    info.put("piece length", pieceLength);
    info.put("pieces", random.bytes((int) ((total + pieceLength - 1) / pieceLength) * 20));
    info.put("z" + random.nextInt(9), random.bytes(random.nextInt(50)));
    Metainfo read = MetainfoParser.parse(Torrents.file(info));
    assertEquals(Bytes.copyOf(Torrents.encode(info)), read.info(), random.toString());
    assertEquals(total, read.length());
    assertEquals(count, read.files().size());
  }
}
