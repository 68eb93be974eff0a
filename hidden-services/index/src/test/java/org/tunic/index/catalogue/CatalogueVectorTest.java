package org.tunic.index.catalogue;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.index.store.Category;
import org.tunic.index.store.Entry;
import org.tunic.index.store.TorrentPlace;
import org.tunic.tracker.swarm.InfoHash;

/** The bytes that are fixed, against what another program made of the same fields. */
class CatalogueVectorTest {
  private static final String FILE = "/vectors/catalogue/entries-v1.txt";

  private record Leaf(InfoHash id, byte[] hash) {}

  private final List<Leaf> leaves = new ArrayList<>();
  private final Map<String, Bytes> said = new HashMap<>();

  private static Optional<Bytes> hash(String hex) throws MalformedException {
    return hex.equals("-") ? Optional.empty() : Optional.of(Bytes.fromHex(hex));
  }

  private void line(String[] parts) throws MalformedException {
    if (!parts[0].equals("entry")) {
      said.put(parts[0], Bytes.fromHex(parts[1]));
      return;
    }
    Entry entry =
        new Entry(
            hash(parts[1]),
            hash(parts[2]),
            new String(Bytes.fromHex(parts[6]).toArray(), UTF_8),
            Long.parseLong(parts[3]),
            1,
            16384,
            Integer.parseInt(parts[5]),
            Category.TV,
            List.of("tag"),
            "not in it",
            "nor this",
            Long.parseLong(parts[4]),
            new TorrentPlace(0, 0, 1, 0));
    Bytes bytes = CatalogueEntry.of(entry);
    assertEquals(parts[7], bytes.hex());
    assertTrue(bytes.length() <= 1024);
    leaves.add(new Leaf(entry.id(), MerkleTree.leaf(bytes)));
  }

  @Test
  void entriesRootAndCommitment_areThoseOfTheVectors() throws IOException, MalformedException {
    try (InputStream in =
        Objects.requireNonNull(CatalogueVectorTest.class.getResourceAsStream(FILE))) {
      for (String line : new String(in.readAllBytes(), UTF_8).lines().toList()) {
        if (!line.startsWith("#")) {
          line(line.split(" ", -1));
        }
      }
    }
    assertEquals(6, leaves.size());
    leaves.sort(Comparator.comparing(Leaf::id));
    byte[] all = new byte[leaves.size() * 32];
    for (int i = 0; i < leaves.size(); i++) {
      System.arraycopy(leaves.get(i).hash(), 0, all, 32 * i, 32);
    }
    MerkleTree tree = new MerkleTree(all);
    assertEquals(said.get("root"), tree.root());
    assertEquals(
        said.get("commitment"),
        Commitment.of(Objects.requireNonNull(said.get("operator")), leaves.size(), tree.root()));
  }
}
