package org.tunic.index.catalogue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.digest.Sha;
import org.tunic.index.Torrents;
import org.tunic.index.store.Category;
import org.tunic.index.store.Entry;
import org.tunic.index.store.IndexStore;
import org.tunic.index.store.LogLine;
import org.tunic.index.store.LogLine.Action;
import org.tunic.tracker.swarm.InfoHash;

/** The tree, by its definition, and the catalogue of a store. */
class CatalogueTest {
  @TempDir Path folder;

  /** The definition of RFC 6962, word for word. */
  private static byte[] hash(List<byte[]> leaves) {
    if (leaves.isEmpty()) {
      return Sha.sha256();
    }
    if (leaves.size() == 1) {
      return leaves.getFirst();
    }
    int left = Integer.highestOneBit(leaves.size() - 1);
    return Sha.sha256(
        new byte[] {1}, hash(leaves.subList(0, left)), hash(leaves.subList(left, leaves.size())));
  }

  @Test
  void tree_ofAnySize_hasTheRootOfTheDefinition_andProvesEachLeaf() {
    List<byte[]> leaves = new ArrayList<>();
    for (int size = 0; size <= 70; size++) {
      byte[] all = new byte[32 * size];
      for (int i = 0; i < size; i++) {
        System.arraycopy(leaves.get(i), 0, all, 32 * i, 32);
      }
      MerkleTree tree = new MerkleTree(all);
      assertEquals(Bytes.copyOf(hash(leaves)), tree.root(), size + " leaves");
      for (int i = 0; i < size; i++) {
        assertEquals(
            Optional.of(tree.root()),
            MerkleTree.rootOf(leaves.get(i), i, size, tree.path(i)),
            size + " leaves, leaf " + i);
        assertNotEquals(
            Optional.of(tree.root()),
            MerkleTree.rootOf(MerkleTree.leaf(Bytes.EMPTY), i, size, tree.path(i)));
      }
      leaves.add(MerkleTree.leaf(Bytes.copyOf(new byte[] {(byte) size})));
    }
  }

  @Test
  void catalogue_listsWhatIsListed_inTheOrderOfHashes() throws Exception {
    try (IndexStore store = IndexStore.open(folder, IndexStore.Limits.DEFAULT)) {
      for (int i = 0; i < 9; i++) {
        store.add(List.of(Torrents.entry("t" + i, Category.OTHER, i)));
      }
      InfoHash gone = Torrents.metainfo("t4").id();
      store.log(LogLine.about(gone, 1, "m", Action.HIDE, ""));
      Catalogue catalogue = Catalogue.of(store, Optional.of(Bytes.copyOf(new byte[32])));
      assertEquals(8, catalogue.leaves());
      List<Entry> sorted = new ArrayList<>();
      store.changedAfter(
          0,
          (entry, _) -> {
            if (!entry.id().equals(gone)) {
              sorted.add(entry);
            }
          });
      sorted.sort(java.util.Comparator.comparing(Entry::id));
      assertEquals(
          Bytes.copyOf(
              hash(sorted.stream().map(e -> MerkleTree.leaf(CatalogueEntry.of(e))).toList())),
          catalogue.root());
      assertEquals(
          Optional.of(Commitment.of(Bytes.copyOf(new byte[32]), 8, catalogue.root())),
          catalogue.commitment());
      // A proof of what is there shows one entry, of what is not its neighbours.
      String proof = catalogue.proof(store, sorted.get(3).id()).hex();
      assertTrue(proof.contains(CatalogueEntry.of(sorted.get(3)).hex()), proof);
      String absent = catalogue.proof(store, gone).hex();
      int shown = 0;
      for (Entry entry : sorted) {
        shown += absent.contains(CatalogueEntry.of(entry).hex()) ? 1 : 0;
      }
      assertTrue(shown == 1 || shown == 2, absent);
      String page = catalogue.page(store, 0).hex();
      assertTrue(page.indexOf(CatalogueEntry.of(sorted.get(0)).hex()) > 0, page);
      assertEquals(
          "8401" + "5820" + catalogue.root().hex() + "0880", catalogue.page(store, 8).hex());
    }
  }
}
