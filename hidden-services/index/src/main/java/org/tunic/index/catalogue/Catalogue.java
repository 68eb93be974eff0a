package org.tunic.index.catalogue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.index.store.Entry;
import org.tunic.index.store.IndexStore;
import org.tunic.index.store.Standing;
import org.tunic.tracker.swarm.InfoHash;

/**
 * All listed entries at one time, in the order of their info hashes, under one root. Some 150 bytes
 * of memory an entry.
 *
 * <p>Spec: RFC 6962. Threads: immutable.
 */
public final class Catalogue {
  /** Entries of one page of the export. */
  public static final int PAGE = 1000;

  private static final int PAGE_ITEMS = 4;
  private static final int SUMMARY_ITEMS = 5;
  private static final int PROOF_ITEMS = 4;

  private final long sequence;
  private final InfoHash[] ids;
  private final MerkleTree tree;
  private final Optional<Bytes> commitment;

  private Catalogue(long sequence, InfoHash[] ids, MerkleTree tree, Optional<Bytes> commitment) {
    this.sequence = sequence;
    this.ids = ids;
    this.tree = tree;
    this.commitment = commitment;
  }

  private record Leaf(InfoHash id, Bytes hash) {}

  /**
   * Makes the catalogue of what a store lists now; reads all of it.
   *
   * @param operator id on the ledger, 32 bytes, for the commitment
   */
  public static Catalogue of(IndexStore store, Optional<Bytes> operator) throws IOException {
    long sequence = store.sequence();
    List<Leaf> leaves = new ArrayList<>(store.listed());
    store.changedAfter(
        0,
        (entry, standing) -> {
          if (standing == Standing.LISTED) {
            leaves.add(
                new Leaf(entry.id(), Bytes.copyOf(MerkleTree.leaf(CatalogueEntry.of(entry)))));
          }
        });
    leaves.sort(Comparator.comparing(Leaf::id));
    byte[] hashes = new byte[leaves.size() * MerkleTree.HASH_BYTES];
    InfoHash[] ids = new InfoHash[leaves.size()];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = leaves.get(i).id();
      leaves.get(i).hash().copyTo(hashes, i * MerkleTree.HASH_BYTES);
    }
    MerkleTree tree = new MerkleTree(hashes);
    return new Catalogue(
        sequence, ids, tree, operator.map(id -> Commitment.of(id, ids.length, tree.root())));
  }

  /** Up to which change of the store it goes. */
  public long sequence() {
    return sequence;
  }

  /** How many entries there are. */
  public int leaves() {
    return ids.length;
  }

  /** The root of the tree, 32 bytes. */
  public Bytes root() {
    return tree.root();
  }

  /** What a record on the ledger says; empty for an operator without an id. */
  public Optional<Bytes> commitment() {
    return commitment;
  }

  /**
   * The catalogue as a whole: {@code [1, leaves, root, commitment / null, entries of a page]} in
   * CBOR.
   */
  public Bytes summary() {
    return new CborWriter()
        .array(SUMMARY_ITEMS)
        .unsigned(CatalogueEntry.VERSION)
        .unsigned(ids.length)
        .bytes(root())
        .bytes(commitment)
        .unsigned(PAGE)
        .toBytes();
  }

  /**
   * The entries from a place on, at most {@link #PAGE}: {@code [1, root, place, [entry, …]]} in
   * CBOR, each entry a string of the bytes that its leaf is the hash of.
   *
   * @param from 0 to the number of leaves
   */
  public Bytes page(IndexStore store, int from) throws IOException {
    int end = Math.min(ids.length, from + PAGE);
    CborWriter out =
        new CborWriter()
            .array(PAGE_ITEMS)
            .unsigned(CatalogueEntry.VERSION)
            .bytes(root())
            .unsigned(from)
            .array(Math.max(0, end - from));
    for (int i = from; i < end; i++) {
      out.bytes(entry(store, i));
    }
    return out.toBytes();
  }

  private Bytes entry(IndexStore store, int leaf) throws IOException {
    Entry entry =
        store
            .entry(ids[leaf])
            .orElseThrow(() -> new IOException("an entry is gone from the store"));
    return CatalogueEntry.of(entry);
  }

  /**
   * Proves that a torrent is in the catalogue, or, by its two neighbours, that it is not: {@code
   * [1, leaves, root, [[entry, place, [hash, …]], …]]} in CBOR, one item for the torrent itself, or
   * one or two for what stands before and after the place where it would be.
   */
  public Bytes proof(IndexStore store, InfoHash torrent) throws IOException {
    int place = Arrays.binarySearch(ids, torrent);
    List<Integer> shown = new ArrayList<>();
    if (place >= 0) {
      shown.add(place);
    } else {
      int after = -place - 1;
      if (after > 0) {
        shown.add(after - 1);
      }
      if (after < ids.length) {
        shown.add(after);
      }
    }
    CborWriter out =
        new CborWriter()
            .array(PROOF_ITEMS)
            .unsigned(CatalogueEntry.VERSION)
            .unsigned(ids.length)
            .bytes(root())
            .array(shown.size());
    for (int leaf : shown) {
      List<Bytes> path = tree.path(leaf);
      out.array(3).bytes(entry(store, leaf)).unsigned(leaf).array(path.size());
      path.forEach(out::bytes);
    }
    return out.toBytes();
  }
}
