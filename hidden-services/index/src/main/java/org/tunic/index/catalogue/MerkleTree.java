package org.tunic.index.catalogue;

import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.digest.Sha;

/**
 * The hash tree of certificate transparency: a leaf is SHA-256 of a zero byte and the entry, a node
 * that of a one byte and its two children; the left child of a node covers the largest power of two
 * of its leaves.
 *
 * <p>Kept row by row, 64 bytes for each leaf. A row whose last node has no neighbour hands it up as
 * it is, which makes the same tree.
 *
 * <p>Spec: RFC 6962 section 2.1. Threads: immutable.
 */
public final class MerkleTree {
  /** Bytes of a hash. */
  public static final int HASH_BYTES = 32;

  private static final byte LEAF = 0;
  private static final byte NODE = 1;

  private final List<byte[]> rows = new ArrayList<>();
  private final int leaves;

  /**
   * @param leafHashes one after another, 32 bytes each
   */
  public MerkleTree(byte[] leafHashes) {
    this.leaves = leafHashes.length / HASH_BYTES;
    byte[] row = leafHashes.clone();
    rows.add(row);
    MessageDigest digest = Sha.newSha256();
    while (row.length > HASH_BYTES) {
      int nodes = row.length / HASH_BYTES;
      byte[] above = new byte[(nodes + 1) / 2 * HASH_BYTES];
      for (int i = 0; i + 1 < nodes; i += 2) {
        digest.update(NODE);
        digest.update(row, i * HASH_BYTES, 2 * HASH_BYTES);
        System.arraycopy(digest.digest(), 0, above, i / 2 * HASH_BYTES, HASH_BYTES);
      }
      if (nodes % 2 == 1) {
        System.arraycopy(
            row, (nodes - 1) * HASH_BYTES, above, above.length - HASH_BYTES, HASH_BYTES);
      }
      row = above;
      rows.add(row);
    }
  }

  /** The hash of a leaf. */
  public static byte[] leaf(Bytes entry) {
    return Sha.sha256(new byte[] {LEAF}, entry.toArray());
  }

  /** How many leaves there are. */
  public int leaves() {
    return leaves;
  }

  /** The root; of an empty tree the hash of nothing. */
  public Bytes root() {
    return leaves == 0 ? Bytes.copyOf(Sha.sha256()) : Bytes.copyOf(rows.getLast());
  }

  /** The hashes that prove a leaf, from the leaf up. */
  public List<Bytes> path(int leaf) {
    List<Bytes> path = new ArrayList<>();
    int index = leaf;
    for (byte[] row : rows.subList(0, rows.size() - 1)) {
      int neighbour = index ^ 1;
      if (neighbour < row.length / HASH_BYTES) {
        path.add(Bytes.copyOf(row, neighbour * HASH_BYTES, HASH_BYTES));
      }
      index >>= 1;
    }
    return path;
  }

  /**
   * The root that a path leads to; empty if the path is too short or too long for that leaf.
   *
   * @param leafHash of the leaf
   * @param index its place
   * @param leaves of the tree
   * @param path from the leaf up
   */
  public static Optional<Bytes> rootOf(byte[] leafHash, int index, int leaves, List<Bytes> path) {
    byte[] hash = leafHash;
    int at = index;
    int last = leaves - 1;
    int used = 0;
    while (last > 0) {
      if ((at & 1) == 1 || at < last) {
        if (used == path.size()) {
          return Optional.empty();
        }
        byte[] other = path.get(used++).toArray();
        hash =
            (at & 1) == 1
                ? Sha.sha256(new byte[] {NODE}, other, hash)
                : Sha.sha256(new byte[] {NODE}, hash, other);
      }
      at >>= 1;
      last >>= 1;
    }
    return used == path.size() ? Optional.of(Bytes.copyOf(hash)) : Optional.empty();
  }
}
