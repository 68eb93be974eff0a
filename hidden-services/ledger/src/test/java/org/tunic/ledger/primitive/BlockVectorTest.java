package org.tunic.ledger.primitive;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tunic.crypto.digest.Sha;
import org.tunic.ledger.BitcoinVectors;

/** Blocks of the public chain: read, written the same, and their trees as the headers say. */
class BlockVectorTest {
  @ParameterizedTest
  @CsvSource({
    "block169482.dat, 0000000000000756935f1ee9d5987857b604046f846d3df56d024cdb5f368665",
    "block227835.dat, 00000000000001aa077d7aa84c532a4d69bdbff519609d1da0835261b7a74eb6",
    "block227836.dat, 00000000000000d0dfd4c9d588d325dce4f32c1b31b7c0064cba7025a9b9adcc",
    "block370661.dat, 00000000000000001416a613602d73bbe5c79170fd8f39d509896b829cf9021e",
    "block481815.dat, 000000000000000000893c019d81f2d48ee33892c12428f3121bbd16ed6db926",
    "block482683.raw, 000000000000000000c238240ef6dcb26c37e75e16514e6ffc0aef7eee73e747",
    "block898352.raw, 00000000c269ad542ed9ac684cb5fa6df340d5feee0e040590225c7332b98fca"
  })
  void decode_publicBlock_isWrittenTheSame(String file, String hash) throws Exception {
    byte[] bytes = BitcoinVectors.bytes("blocks/" + file);
    Block block = Block.decode(bytes);
    assertArrayEquals(bytes, block.toArray());
    assertEquals(bytes.length, block.length());
    assertEquals(hash, block.hash().display());
    MerkleTree tree = MerkleTree.ofTransactions(block.transactions());
    assertEquals(block.header().merkleRoot(), tree.root());
    assertFalse(tree.mutated());
    if (block.transactions().stream().anyMatch(Transaction::hasWitness)) {
      assertEquals(witnessCommitment(block), expectedCommitment(block));
    }
  }

  private static Hash256 expectedCommitment(Block block) {
    byte[] reserved =
        block.transactions().getFirst().inputs().getFirst().witness().getFirst().toArray();
    byte[] root = MerkleTree.witnessRoot(block.transactions()).toArray();
    return Hash256.copyOf(Sha.sha256(Sha.sha256(root, reserved)));
  }

  private static Hash256 witnessCommitment(Block block) {
    byte[] found = new byte[0];
    for (TxOutput output : block.transactions().getFirst().outputs()) {
      byte[] script = output.scriptPubKey().toArray();
      if (script.length >= 38 && script[0] == 0x6a && script[2] == (byte) 0xaa) {
        found = Arrays.copyOfRange(script, 6, 38);
      }
    }
    assertTrue(found.length > 0, "no commitment");
    return Hash256.copyOf(found);
  }

  /** CVE-2012-2459: the last transactions once more leave the root as it was, and are noticed. */
  @ParameterizedTest
  @CsvSource({"3, 3", "6, 2", "7, 1"})
  void merkleTree_withDoubledTail_isNoticed(int leaves, int doubled) {
    List<Hash256> hashes = new ArrayList<>();
    for (int i = 0; i < leaves; i++) {
      hashes.add(Hash256.sha256d(new byte[] {(byte) i}));
    }
    MerkleTree genuine = MerkleTree.of(hashes);
    List<Hash256> longer = new ArrayList<>(hashes);
    int tail = leaves == 3 ? 1 : doubled;
    longer.addAll(hashes.subList(leaves - tail, leaves));
    assertFalse(genuine.mutated());
    assertEquals(genuine.root(), MerkleTree.of(longer).root());
    assertTrue(MerkleTree.of(longer).mutated());
  }
}
