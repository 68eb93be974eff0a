package org.tunic.ledger.primitive;

import java.util.ArrayList;
import java.util.List;

/**
 * Bitcoin's merkle tree, which doubles the last node of an odd row.
 *
 * <p>Because of the doubling two lists of transactions can have one root (CVE-2012-2459): {@link
 * #mutated} says that the list at hand could be the longer one.
 *
 * <p>Threads: immutable.
 *
 * @param root of the tree; zero for no leaves
 * @param mutated whether two neighbours were equal where they need not be
 */
public record MerkleTree(Hash256 root, boolean mutated) {

  /** The tree over {@code leaves}. */
  public static MerkleTree of(List<Hash256> leaves) {
    if (leaves.isEmpty()) {
      return new MerkleTree(Hash256.ZERO, false);
    }
    List<Hash256> row = leaves;
    boolean mutated = false;
    while (row.size() > 1) {
      List<Hash256> above = new ArrayList<>((row.size() + 1) / 2);
      for (int i = 0; i < row.size(); i += 2) {
        Hash256 left = row.get(i);
        boolean paired = i + 1 < row.size();
        Hash256 right = paired ? row.get(i + 1) : left;
        mutated |= paired && left.equals(right);
        above.add(Hash256.pair(left, right));
      }
      row = above;
    }
    return new MerkleTree(row.getFirst(), mutated);
  }

  /** The tree over the identifiers without witnesses: what a header commits to. */
  public static MerkleTree ofTransactions(List<Transaction> transactions) {
    return of(transactions.stream().map(Transaction::txid).toList());
  }

  /** The root over the identifiers with witnesses, the coinbase's being zero (BIP 141). */
  public static Hash256 witnessRoot(List<Transaction> transactions) {
    List<Hash256> leaves = new ArrayList<>(transactions.size());
    for (Transaction transaction : transactions) {
      leaves.add(leaves.isEmpty() ? Hash256.ZERO : transaction.wtxid());
    }
    return of(leaves).root();
  }
}
