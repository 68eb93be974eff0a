package org.tunic.index.metainfo;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.digest.Sha;
import org.tunic.index.metainfo.Metainfo.FileEntry;
import org.tunic.tracker.bencode.BencodeValue;
import org.tunic.tracker.bencode.BencodeValue.Dict;

/**
 * The files of a torrent of the second version, and the layers of hashes that prove their pieces.
 *
 * <p>The tree: a dictionary of names; that of a file holds, under the empty name, its length and
 * the root of its hash tree. Of a file longer than a piece, {@code piece layers} has the hashes of
 * its pieces under that root.
 *
 * <p>Spec: BEP 52. Threads: one.
 */
final class FileTree {
  private static final int HASH_BYTES = 32;
  private static final int BLOCK_BYTES = 16 * 1024;

  private final long pieceLength;
  private final List<FileEntry> files = new ArrayList<>();
  private final Set<Bytes> layered = new HashSet<>();
  private final List<Rooted> rooted = new ArrayList<>();

  private record Rooted(Bytes root, long length) {}

  FileTree(long pieceLength) throws MetainfoException {
    if (!MetainfoParser.isV2PieceLength(pieceLength)) {
      throw new MetainfoException("piece length is no power of two of 16 KiB or more");
    }
    this.pieceLength = pieceLength;
  }

  List<FileEntry> files() {
    return files;
  }

  void read(Dict tree) throws MetainfoException {
    read(tree, new ArrayList<>());
    if (files.isEmpty()) {
      throw new MetainfoException("the torrent has no files");
    }
  }

  private void read(Dict directory, List<String> path) throws MetainfoException {
    if (directory.entries().isEmpty()) {
      throw new MetainfoException("an empty directory");
    }
    for (Map.Entry<Bytes, BencodeValue> entry : directory.entries().entrySet()) {
      Dict value = MetainfoParser.dictionary(entry.getValue(), "a file is no dictionary");
      if (entry.getKey().length() == 0) {
        throw new MetainfoException("a file among the names of a directory");
      }
      path.add(MetainfoParser.part(entry.getKey()));
      MetainfoParser.checkDepth(path.size());
      Optional<BencodeValue> file = value.get("");
      if (file.isEmpty()) {
        read(value, path);
      } else if (value.entries().size() == 1) {
        file(MetainfoParser.dictionary(file.get(), "a file is no dictionary"), path);
      } else {
        throw new MetainfoException("a file that is a directory");
      }
      path.removeLast();
    }
  }

  private void file(Dict file, List<String> path) throws MetainfoException {
    long length = MetainfoParser.length(MetainfoParser.required(file, "length"));
    if (length > 0) {
      Bytes root =
          MetainfoParser.bytes(
              MetainfoParser.required(file, "pieces root"), "pieces root is no string");
      if (root.length() != HASH_BYTES) {
        throw new MetainfoException("pieces root is no hash");
      }
      if (length > pieceLength) {
        layered.add(root);
        rooted.add(new Rooted(root, length));
      }
    }
    if (!MetainfoParser.isPadding(file)) {
      files.add(new FileEntry(path, length));
      MetainfoParser.checkCount(files.size());
    }
  }

  boolean needsLayers() {
    return !rooted.isEmpty();
  }

  /** Each file that needs a layer has its own, no other is there, and each has the file's root. */
  void check(Dict layers) throws MetainfoException {
    if (!layers.entries().keySet().equals(layered)) {
      throw new MetainfoException("piece layers are not those of the files");
    }
    for (Rooted file : rooted) {
      BencodeValue value = layers.entries().get(file.root());
      if (value == null) {
        throw new MetainfoException("piece layers are missing");
      }
      byte[] layer = MetainfoParser.bytes(value, "a piece layer is no string").toArray();
      long pieces = (file.length() + pieceLength - 1) / pieceLength;
      if (layer.length != pieces * HASH_BYTES) {
        throw new MetainfoException("a piece layer has too many or too few hashes");
      }
      if (!Arrays.equals(root(layer), file.root().toArray())) {
        throw new MetainfoException("a piece layer is not that of its file");
      }
    }
  }

  /** Root over hashes of pieces; behind the last stand those of pieces of zero hashes. */
  private byte[] root(byte[] layer) {
    byte[] filling = new byte[HASH_BYTES];
    for (long bytes = BLOCK_BYTES; bytes < pieceLength; bytes *= 2) {
      filling = Sha.sha256(filling, filling);
    }
    byte[] row = layer;
    while (row.length > HASH_BYTES) {
      int pairs = (row.length / HASH_BYTES + 1) / 2;
      byte[] above = new byte[pairs * HASH_BYTES];
      for (int i = 0; i < pairs; i++) {
        int at = 2 * i * HASH_BYTES;
        byte[] left = Arrays.copyOfRange(row, at, at + HASH_BYTES);
        byte[] right =
            at + HASH_BYTES < row.length
                ? Arrays.copyOfRange(row, at + HASH_BYTES, at + 2 * HASH_BYTES)
                : filling;
        System.arraycopy(Sha.sha256(left, right), 0, above, i * HASH_BYTES, HASH_BYTES);
      }
      filling = Sha.sha256(filling, filling);
      row = above;
    }
    return row;
  }
}
