package org.tunic.index;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.digest.Sha;
import org.tunic.index.metainfo.Metainfo;
import org.tunic.index.metainfo.MetainfoException;
import org.tunic.index.metainfo.MetainfoParser;
import org.tunic.index.store.Category;
import org.tunic.index.store.NewEntry;

/** Torrents for tests, made of maps: strings, byte arrays, numbers, lists and maps of these. */
public final class Torrents {
  public static final long SECONDS = 1_767_323_045;

  private Torrents() {}

  /** Bencoding of a value. */
  public static byte[] encode(Object value) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    write(out, value);
    return out.toByteArray();
  }

  private static void write(ByteArrayOutputStream out, Object value) {
    switch (value) {
      case String text -> write(out, text.getBytes(StandardCharsets.UTF_8));
      case byte[] bytes -> {
        ascii(out, bytes.length + ":");
        out.writeBytes(bytes);
      }
      case Bytes bytes -> write(out, bytes.toArray());
      case Number number -> ascii(out, "i" + number + "e");
      case List<?> list -> {
        out.write('l');
        list.forEach(item -> write(out, item));
        out.write('e');
      }
      case Map<?, ?> map -> {
        TreeMap<Bytes, Object> sorted = new TreeMap<>();
        map.forEach((key, item) -> sorted.put(key(key), item));
        out.write('d');
        sorted.forEach(
            (key, item) -> {
              write(out, key);
              write(out, item);
            });
        out.write('e');
      }
      default -> throw new IllegalArgumentException(value.getClass().toString());
    }
  }

  private static Bytes key(Object key) {
    return key instanceof Bytes bytes
        ? bytes
        : Bytes.copyOf(((String) key).getBytes(StandardCharsets.UTF_8));
  }

  private static void ascii(ByteArrayOutputStream out, String text) {
    out.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
  }

  /** An info dictionary of the first version with one file. */
  public static Map<String, Object> single(String name, long length) {
    long pieces = (length + 16383) / 16384;
    return new TreeMap<>(
        Map.of(
            "name",
            name,
            "piece length",
            16384,
            "length",
            length,
            "pieces",
            hashes(name, (int) pieces, 20)));
  }

  private static byte[] hashes(String seed, int count, int length) {
    byte[] out = new byte[count * length];
    for (int i = 0; i < count; i++) {
      byte[] hash = Sha.sha256((seed + i).getBytes(StandardCharsets.UTF_8));
      System.arraycopy(hash, 0, out, i * length, length);
    }
    return out;
  }

  /** A torrent around an info dictionary, with outer keys that must not be handed on. */
  public static byte[] file(Map<String, ?> info) {
    return encode(
        Map.of(
            "announce",
            "http://tracker.example/announce",
            "comment",
            "a secret comment",
            "created by",
            "a program",
            "creation date",
            1_700_000_000,
            "info",
            info,
            "nodes",
            List.of(List.of("router.example", 6881)),
            "url-list",
            List.of("http://seed.example/")));
  }

  /** A file of the second version in a file tree, and its layer if it needs one. */
  public record V2(Map<String, Object> info, Map<Object, Object> layers) {
    /** The torrent. */
    public byte[] file() {
      return encode(Map.of("info", info, "piece layers", layers));
    }
  }

  /** One file of some pieces, of the second version. */
  public static V2 second(String name, int pieces) {
    byte[] layer = hashes(name, pieces, 32);
    byte[] root = rootOfBlocks(layer);
    Map<String, Object> file = Map.of("length", pieces * 16384L, "pieces root", root);
    Map<String, Object> info =
        new TreeMap<>(
            Map.of(
                "name",
                name,
                "piece length",
                16384,
                "meta version",
                2,
                "file tree",
                Map.of(name, Map.of("", file))));
    return new V2(info, pieces > 1 ? Map.of(Bytes.copyOf(root), layer) : Map.of());
  }

  /** The same torrent in both versions. */
  public static V2 hybrid(String name, int pieces) {
    V2 second = second(name, pieces);
    second.info().put("length", pieces * 16384L);
    second.info().put("pieces", hashes(name, pieces, 20));
    return second;
  }

  /** Pieces of one block each: the layer is that of the blocks, filled up with zeros. */
  private static byte[] rootOfBlocks(byte[] layer) {
    List<byte[]> row = new ArrayList<>();
    for (int i = 0; i < layer.length; i += 32) {
      row.add(Arrays.copyOfRange(layer, i, i + 32));
    }
    while (Integer.bitCount(row.size()) != 1) {
      row.add(new byte[32]);
    }
    while (row.size() > 1) {
      List<byte[]> above = new ArrayList<>();
      for (int i = 0; i < row.size(); i += 2) {
        above.add(Sha.sha256(row.get(i), row.get(i + 1)));
      }
      row = above;
    }
    return row.getFirst();
  }

  /** A torrent of the first version, read. */
  public static Metainfo metainfo(String name) {
    try {
      return MetainfoParser.parse(file(single(name, 40_000)));
    } catch (MetainfoException e) {
      throw new AssertionError(e);
    }
  }

  /** To put into a store. */
  public static NewEntry entry(String name, Category category, long seconds) {
    return new NewEntry(metainfo(name), category, List.of(), "", "", seconds);
  }
}
