package org.tunic.ledger.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.ledger.consensus.BlockUndo;
import org.tunic.ledger.consensus.Coin;
import org.tunic.ledger.params.Chains;
import org.tunic.ledger.primitive.Hash256;
import org.tunic.ledger.primitive.OutPoint;
import org.tunic.ledger.primitive.Script;
import org.tunic.ledger.primitive.TxOutput;
import org.tunic.testing.SeededRandom;

class LedgerStoreTest {
  @TempDir Path folder;

  @Test
  void append_overSeveralFiles_isReadBack() throws IOException {
    SeededRandom random = new SeededRandom(1);
    List<byte[]> blocks = new ArrayList<>();
    List<FilePosition> positions = new ArrayList<>();
    try (BlockFiles files = new BlockFiles(folder, 0x01020304, 1000)) {
      files.recover(FilePosition.NONE);
      for (int i = 0; i < 20; i++) {
        blocks.add(random.bytes(81 + random.nextInt(300)));
        positions.add(files.append(blocks.getLast()));
      }
    }
    assertTrue(positions.getLast().file() > 2);
    assertEquals(
        "rw-------",
        PosixFilePermissions.toString(
            Files.getPosixFilePermissions(folder.resolve("blk00000.dat"))));
    byte[] raw = Files.readAllBytes(folder.resolve("blk00000.dat"));
    assertArrayEquals(new byte[] {4, 3, 2, 1}, java.util.Arrays.copyOf(raw, 4));
    try (BlockFiles files = new BlockFiles(folder, 0x01020304, 1000)) {
      assertEquals(0, files.recover(positions.getLast()));
      for (int i = 0; i < blocks.size(); i++) {
        assertArrayEquals(blocks.get(i), files.read(positions.get(i)).orElseThrow());
      }
    }
  }

  @Test
  void recover_behindTheLastKnownBlock_cutsTheRest() throws IOException {
    try (BlockFiles files = new BlockFiles(folder, 1, 1000)) {
      files.recover(FilePosition.NONE);
      FilePosition known = files.append(new byte[300]);
      files.append(new byte[300]);
      files.append(new byte[900]); // in another file
      assertEquals(308 + 908, files.recover(known));
      assertTrue(files.read(known).isPresent());
      assertEquals(new FilePosition(0, 316, 5), files.append(new byte[5]));
    }
  }

  @Test
  void undo_anyOne_goesBothWays() throws Exception {
    SeededRandom random = new SeededRandom(2);
    Map<OutPoint, Coin> spent = new LinkedHashMap<>();
    for (int i = 0; i < 20; i++) {
      OutPoint point = new OutPoint(Hash256.copyOf(random.bytes(32)), random.nextInt(9));
      Script script = Script.of(random.bytes(random.nextInt(60)));
      TxOutput output = new TxOutput(random.nextLong() >>> 14, script);
      Coin coin = new Coin(output, random.nextInt(1 << 30), random.nextBoolean());
      assertEquals(coin, Coin.ofArray(coin.toArray()));
      spent.put(point, coin);
    }
    BlockUndo undo = new BlockUndo(List.copyOf(spent.keySet()), spent);
    assertEquals(undo, BlockUndo.ofArray(undo.toArray()));
    byte[] cut = java.util.Arrays.copyOf(undo.toArray(), 500);
    assertThrows(MalformedException.class, () -> BlockUndo.ofArray(cut));
  }

  @Test
  void open_newerFormat_isRefusedNotGuessedAt() throws Exception {
    LedgerStore.open(folder, Chains.regtest(), new ArrayList<>()).close();
    List<byte[]> names =
        org.rocksdb.RocksDB.listColumnFamilies(
            new org.rocksdb.Options(), folder.resolve("db").toString());
    List<org.rocksdb.ColumnFamilyDescriptor> families =
        names.stream().map(org.rocksdb.ColumnFamilyDescriptor::new).toList();
    List<org.rocksdb.ColumnFamilyHandle> handles = new ArrayList<>();
    try (var options = new org.rocksdb.DBOptions();
        var db =
            org.rocksdb.RocksDB.open(options, folder.resolve("db").toString(), families, handles)) {
      db.put("format".getBytes(), "tunic-ledger 2 regtest".getBytes());
      handles.forEach(org.rocksdb.ColumnFamilyHandle::close);
    }
    StoreException refusal =
        assertThrows(
            StoreException.class,
            () -> LedgerStore.open(folder, Chains.regtest(), new ArrayList<>()));
    assertTrue(refusal.getMessage().contains("format this version does not know"));
  }
}
