package org.tunic.index.metainfo;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.digest.Sha;
import org.tunic.index.metainfo.Metainfo.FileEntry;
import org.tunic.tracker.bencode.Bencode;
import org.tunic.tracker.bencode.Bencode.Limits;
import org.tunic.tracker.bencode.BencodeException;
import org.tunic.tracker.bencode.BencodeValue;
import org.tunic.tracker.bencode.BencodeValue.Dict;
import org.tunic.tracker.bencode.BencodeValue.Int;
import org.tunic.tracker.bencode.BencodeValue.Items;
import org.tunic.tracker.bencode.BencodeValue.Span;
import org.tunic.tracker.bencode.BencodeValue.Text;

/**
 * Reads torrents.
 *
 * <p>Strict where a client would be led astray: only canonical bencoding; as many piece hashes as
 * the length asks for; no path that leaves the directory; the two halves of a torrent of both
 * versions name the same files; layers of pieces belong to the roots of their files. What it does
 * not know inside the info dictionary stays there, since it is part of the hash.
 *
 * <p>Bounds: {@link #MAX_BYTES}, {@link #MAX_FILES}, {@link #MAX_PATH_DEPTH}, {@link
 * #MAX_NAME_BYTES}, and {@link #MAX_VALUES} of bencoding.
 *
 * <p>Spec: BEP 3, BEP 27, BEP 47, BEP 52. Threads: any, because each call has a reader of its own.
 */
public final class MetainfoParser {
  /** Bytes of a torrent. */
  public static final int MAX_BYTES = 4 << 20;

  /** Files of a torrent. */
  public static final int MAX_FILES = 50_000;

  /** Directories and name of a file. */
  public static final int MAX_PATH_DEPTH = 48;

  /** Bytes of a name or a part of a path; file systems take 255. */
  public static final int MAX_NAME_BYTES = 1024;

  /** Bencoded values, keys included. */
  public static final int MAX_VALUES = 400_000;

  private static final int MAX_DEPTH = MAX_PATH_DEPTH + 8;
  private static final Limits LIMITS = new Limits(MAX_DEPTH, MAX_VALUES, MAX_BYTES);

  private static final int SHA1_BYTES = 20;
  private static final int LEAST_V2_PIECE = 16 * 1024;
  private static final long MAX_PIECE = 1L << 30;

  /** Of all files: more than anybody has, and far from where sums overflow. */
  private static final long MAX_LENGTH = 1L << 56;

  private final Dict info;
  private long pieceLength;

  private MetainfoParser(Dict info) {
    this.info = info;
  }

  /**
   * Reads a torrent.
   *
   * @throws MetainfoException if it is none, or one that is not taken
   */
  public static Metainfo parse(byte[] file) throws MetainfoException {
    Dict outer = dictionary(read(file), "this is no torrent");
    Dict info = dictionary(required(outer, "info"), "info is no dictionary");
    Optional<Dict> layers = Optional.empty();
    Optional<BencodeValue> given = outer.get("piece layers");
    if (given.isPresent()) {
      layers = Optional.of(dictionary(given.get(), "piece layers is no dictionary"));
    }
    return new MetainfoParser(info)
        .parse(cut(file, info.span()), layers, layers.map(l -> cut(file, l.span())));
  }

  /**
   * Reads what was kept of a torrent.
   *
   * @param info its info dictionary
   * @param layers its piece layers; empty if it has none
   * @throws MetainfoException if they are not what was kept
   */
  public static Metainfo parse(Bytes info, Bytes layers) throws MetainfoException {
    Optional<Dict> read =
        layers.length() == 0
            ? Optional.empty()
            : Optional.of(dictionary(read(layers.toArray()), "piece layers is no dictionary"));
    return new MetainfoParser(dictionary(read(info.toArray()), "info is no dictionary"))
        .parse(info, read, read.map(_ -> layers));
  }

  private static BencodeValue read(byte[] file) throws MetainfoException {
    try {
      return Bencode.read(file, LIMITS);
    } catch (BencodeException e) {
      throw new MetainfoException("this is no torrent: " + e.getMessage());
    }
  }

  private static Bytes cut(byte[] file, Span span) {
    return Bytes.copyOf(file, span.start(), span.end() - span.start());
  }

  private Metainfo parse(Bytes bytes, Optional<Dict> layers, Optional<Bytes> layerBytes)
      throws MetainfoException {
    pieceLength = number(required(info, "piece length"), "piece length is no number");
    if (pieceLength < 1 || pieceLength > MAX_PIECE) {
      throw new MetainfoException("piece length is out of range");
    }
    boolean first = info.get("pieces").isPresent();
    boolean second = info.get("meta version").isPresent();
    if (second && number(required(info, "meta version"), "meta version is no number") != 2) {
      throw new MetainfoException("a version of torrents that nobody knows");
    }
    if (!first && !second) {
      throw new MetainfoException("the torrent has no pieces");
    }
    String name = name();
    List<FileEntry> files = List.of();
    if (first) {
      files = firstVersion(name);
    }
    if (second) {
      FileTree tree = new FileTree(pieceLength);
      tree.read(dictionary(required(info, "file tree"), "file tree is no dictionary"));
      if (layers.isPresent() || tree.needsLayers()) {
        tree.check(layers.orElseThrow(() -> new MetainfoException("piece layers are missing")));
      }
      if (first && !new HashSet<>(files).equals(new HashSet<>(tree.files()))) {
        throw new MetainfoException("the two versions in the torrent name different files");
      }
      files = tree.files();
    } else if (layers.isPresent()) {
      throw new MetainfoException("piece layers without a file tree");
    }
    long length = 0;
    for (FileEntry file : files) {
      length = added(length, file.length());
    }
    return new Metainfo(
        bytes,
        layerBytes.orElse(Bytes.EMPTY),
        first ? Optional.of(Bytes.copyOf(Sha.sha1(bytes.toArray()))) : Optional.empty(),
        second ? Optional.of(Bytes.copyOf(Sha.sha256(bytes.toArray()))) : Optional.empty(),
        name,
        length,
        pieceLength,
        info.get("private")
            .map(value -> value instanceof Int(var flag, _) && flag == 1)
            .orElse(false),
        files);
  }

  /** Old programs wrote names in the encoding of their day, and in UTF-8 under a second key. */
  private String name() throws MetainfoException {
    Optional<BencodeValue> utf8 = info.get("name.utf-8");
    return part(utf8.isPresent() ? utf8.get() : required(info, "name"));
  }

  // ---- the first version

  private List<FileEntry> firstVersion(String name) throws MetainfoException {
    long pieces = bytes(required(info, "pieces"), "pieces is no string").length();
    if (pieces % SHA1_BYTES != 0) {
      throw new MetainfoException("pieces is no list of hashes");
    }
    Optional<BencodeValue> length = info.get("length");
    Optional<BencodeValue> many = info.get("files");
    if (length.isPresent() == many.isPresent()) {
      throw new MetainfoException("a torrent has either a length or files");
    }
    List<FileEntry> files = new ArrayList<>();
    long padded = 0;
    if (length.isPresent()) {
      padded = length(length.get());
      files.add(new FileEntry(List.of(name), padded));
    } else {
      Set<List<String>> paths = new HashSet<>();
      for (BencodeValue value : items(many.orElseThrow(), "files is no list")) {
        Dict file = dictionary(value, "a file is no dictionary");
        long bytes = length(required(file, "length"));
        padded = added(padded, bytes);
        if (isPadding(file)) {
          continue;
        }
        List<String> path = path(file);
        if (!paths.add(path)) {
          throw new MetainfoException("two files have the same path");
        }
        files.add(new FileEntry(path, bytes));
        checkCount(files.size());
      }
    }
    if (files.isEmpty()) {
      throw new MetainfoException("the torrent has no files");
    }
    if (pieces / SHA1_BYTES != pieceCount(padded)) {
      throw new MetainfoException("too many or too few pieces for the length");
    }
    return files;
  }

  private long pieceCount(long bytes) {
    return (bytes + pieceLength - 1) / pieceLength;
  }

  private static List<String> path(Dict file) throws MetainfoException {
    Optional<BencodeValue> utf8 = file.get("path.utf-8");
    List<String> path = new ArrayList<>();
    for (BencodeValue part :
        items(utf8.isPresent() ? utf8.get() : required(file, "path"), "a path is no list")) {
      path.add(part(part));
      checkDepth(path.size());
    }
    if (path.isEmpty()) {
      throw new MetainfoException("a file has no name");
    }
    return path;
  }

  /** A file of zeros between others, so that they begin with a piece. */
  static boolean isPadding(Dict file) {
    return file.get("attr")
        .map(
            attr ->
                attr instanceof Text(var flags, _)
                    && new String(flags.toArray(), StandardCharsets.ISO_8859_1).contains("p"))
        .orElse(false);
  }

  // ---- parts

  static void checkCount(int files) throws MetainfoException {
    if (files > MAX_FILES) {
      throw new MetainfoException("more than " + MAX_FILES + " files");
    }
  }

  static void checkDepth(int depth) throws MetainfoException {
    if (depth > MAX_PATH_DEPTH) {
      throw new MetainfoException("directories too deep");
    }
  }

  static long added(long sum, long more) throws MetainfoException {
    long total = sum + more;
    if (total > MAX_LENGTH) {
      throw new MetainfoException("the files are too large");
    }
    return total;
  }

  static long length(BencodeValue value) throws MetainfoException {
    long length = number(value, "a length is no number");
    if (length < 0 || length > MAX_LENGTH) {
      throw new MetainfoException("a length is out of range");
    }
    return length;
  }

  /** A name that stands for one file or directory, whatever system it comes to. */
  static String part(BencodeValue value) throws MetainfoException {
    return part(bytes(value, "a name is no string"));
  }

  static String part(Bytes bytes) throws MetainfoException {
    if (bytes.length() == 0 || bytes.length() > MAX_NAME_BYTES) {
      throw new MetainfoException("a name is empty or longer than " + MAX_NAME_BYTES + " bytes");
    }
    String text = text(bytes);
    if (text.equals(".") || text.equals("..") || text.indexOf('/') >= 0 || text.indexOf(0) >= 0) {
      throw new MetainfoException("a path leads out of its directory");
    }
    return text;
  }

  /** UTF-8, or, if it is not, the one encoding in which all bytes are characters. */
  private static String text(Bytes bytes) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT)
          .decode(ByteBuffer.wrap(bytes.toArray()))
          .toString();
    } catch (CharacterCodingException e) {
      return new String(bytes.toArray(), StandardCharsets.ISO_8859_1);
    }
  }

  static BencodeValue required(Dict dict, String key) throws MetainfoException {
    Optional<BencodeValue> value = dict.get(key);
    if (value.isEmpty()) {
      throw new MetainfoException(String.format(Locale.ROOT, "the torrent has no %s", key));
    }
    return value.get();
  }

  static Dict dictionary(BencodeValue value, String wrong) throws MetainfoException {
    if (value instanceof Dict dict) {
      return dict;
    }
    throw new MetainfoException(wrong);
  }

  private static List<BencodeValue> items(BencodeValue value, String wrong)
      throws MetainfoException {
    if (value instanceof Items items) {
      return items.values();
    }
    throw new MetainfoException(wrong);
  }

  private static long number(BencodeValue value, String wrong) throws MetainfoException {
    if (value instanceof Int number) {
      return number.value();
    }
    throw new MetainfoException(wrong);
  }

  static Bytes bytes(BencodeValue value, String wrong) throws MetainfoException {
    if (value instanceof Text text) {
      return text.value();
    }
    throw new MetainfoException(wrong);
  }

  /** Whether pieces of the second version may be of this length. */
  static boolean isV2PieceLength(long length) {
    return length >= LEAST_V2_PIECE && Long.bitCount(length) == 1;
  }
}
