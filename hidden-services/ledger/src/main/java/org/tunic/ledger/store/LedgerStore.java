package org.tunic.ledger.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.DBOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.digest.Sha;
import org.tunic.ledger.consensus.BlockChange;
import org.tunic.ledger.consensus.BlockUndo;
import org.tunic.ledger.consensus.Coin;
import org.tunic.ledger.consensus.CoinSource;
import org.tunic.ledger.header.HeaderEntry;
import org.tunic.ledger.params.ChainParams;
import org.tunic.ledger.primitive.Block;
import org.tunic.ledger.primitive.BlockHeader;
import org.tunic.ledger.primitive.Hash256;
import org.tunic.ledger.primitive.OutPoint;
import org.tunic.ledger.primitive.WireReader;
import org.tunic.ledger.primitive.WireWriter;

/**
 * Coins, undo data, index and tip in RocksDB, blocks in files beside it.
 *
 * <p>Column families: {@code coins} (transaction and position to coin), {@code undo} (block to what
 * takes it back), {@code index} (block to header, state, file position), {@code anchor} (kept free
 * for the index of catalogues), and the default one for the format and the tip.
 *
 * <p>Coins that were made or read lately are kept in memory, {@value #CACHED_COINS} at most, so
 * that those which live only a few blocks are not read from the disk again.
 *
 * <p>Threads: the thread of the chain.
 */
public final class LedgerStore implements AutoCloseable, CoinSource {
  private static final String FORMAT = "tunic-ledger 1 ";
  private static final byte[] FORMAT_KEY = "format".getBytes(UTF_8);
  private static final byte[] TIP_KEY = "tip".getBytes(UTF_8);
  private static final byte[] FORCED_KEY = "forced".getBytes(UTF_8);
  private static final List<String> FAMILIES =
      List.of("default", "coins", "undo", "index", "anchor");
  private static final int CACHED_COINS = 100_000;

  private final RocksDB db;
  private final DBOptions options;
  private final WriteOptions forced = new WriteOptions().setSync(true);
  private final WriteOptions unforced = new WriteOptions().setSync(false);
  private final List<ColumnFamilyHandle> families;
  private final BlockFiles files;
  private final Map<Hash256, FilePosition> positions = new HashMap<>();
  private final List<Restored> restored = new ArrayList<>();
  private final Map<OutPoint, Coin> cache =
      new LinkedHashMap<>(1024, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<OutPoint, Coin> eldest) {
          return size() > CACHED_COINS;
        }
      };

  /** A header of the index and what was known of its block. */
  public record Restored(BlockHeader header, HeaderEntry.State state) {}

  private LedgerStore(
      RocksDB db, DBOptions options, List<ColumnFamilyHandle> families, BlockFiles files) {
    this.db = db;
    this.options = options;
    this.families = families;
    this.files = files;
  }

  /**
   * Opens the folder, making it if it is not there, and puts right what a crash left.
   *
   * @param notes gets a line for each thing that was put right
   * @throws StoreException if the folder is another chain's, a newer format's, or in use
   */
  public static LedgerStore open(Path folder, ChainParams params, List<String> notes)
      throws IOException {
    return open(folder, params, notes, BlockFiles.MAX_FILE_BYTES);
  }

  static LedgerStore open(Path folder, ChainParams params, List<String> notes, int maxFileBytes)
      throws IOException {
    Files.createDirectories(
        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    RocksDB.loadLibrary();
    DBOptions options =
        new DBOptions()
            .setCreateIfMissing(true)
            .setCreateMissingColumnFamilies(true)
            .setKeepLogFileNum(2)
            .setMaxTotalWalSize(64L << 20);
    List<ColumnFamilyDescriptor> descriptors =
        FAMILIES.stream().map(name -> new ColumnFamilyDescriptor(name.getBytes(UTF_8))).toList();
    List<ColumnFamilyHandle> handles = new ArrayList<>();
    RocksDB db;
    try {
      db = RocksDB.open(options, folder.resolve("db").toString(), descriptors, handles);
    } catch (RocksDBException e) {
      options.close();
      throw new StoreException("the ledger's database cannot be opened (is it in use?)", e);
    }
    LedgerStore store =
        new LedgerStore(db, options, handles, new BlockFiles(folder, params.magic(), maxFileBytes));
    try {
      store.checkFormat(params);
      store.recover(notes);
    } catch (IOException | RuntimeException e) {
      store.close();
      throw e;
    }
    return store;
  }

  // ---- opening

  private void checkFormat(ChainParams params) throws IOException {
    String mine = FORMAT + params.name() + " " + params.genesis().hash();
    byte[] found = get("default", FORMAT_KEY).orElse(null);
    if (found == null) {
      try (WriteBatch batch = new WriteBatch()) {
        batch.put(FORMAT_KEY, mine.getBytes(UTF_8));
        batch.put(TIP_KEY, params.genesis().hash().toArray());
        db.write(forced, batch);
      } catch (RocksDBException e) {
        throw failed(e);
      }
      return;
    }
    String theirs = new String(found, UTF_8);
    if (!theirs.startsWith(FORMAT)) {
      throw new StoreException("the ledger's folder has a format this version does not know");
    }
    if (!theirs.equals(mine)) {
      throw new StoreException(
          "the ledger's folder holds another chain (" + theirs.substring(FORMAT.length()) + ")");
    }
  }

  private void recover(List<String> notes) throws IOException {
    List<IndexRecord> records = readIndex();
    List<IndexRecord> lost = new ArrayList<>();
    FilePosition last = FilePosition.NONE;
    FilePosition safe = forcedPosition();
    for (IndexRecord each : records) {
      if (!each.position().isNone()) {
        if (!later(safe, each.position()).equals(each.position()) || isReadable(each)) {
          positions.put(each.header().hash(), each.position());
          last = later(last, each.position());
        } else {
          lost.add(each);
        }
      }
    }
    long cut = files.recover(last);
    if (cut > 0) {
      notes.add("cut " + cut + " bytes of blocks that had not been written whole");
    }
    if (!lost.isEmpty()) {
      forget(lost, records, notes);
      records = readIndex();
    }
    records.sort(Comparator.comparingInt(IndexRecord::height));
    records.forEach(each -> restored.add(new Restored(each.header(), each.state())));
  }

  /** Up to where blocks were forced to the disk, so that they need not be read at each start. */
  private FilePosition forcedPosition() throws IOException {
    byte[] stored = get("default", FORCED_KEY).orElse(null);
    try {
      return stored == null ? FilePosition.NONE : FilePosition.decode(new WireReader(stored));
    } catch (MalformedException e) {
      throw new StoreException("the ledger's format is damaged", e);
    }
  }

  private static FilePosition later(FilePosition a, FilePosition b) {
    boolean first =
        a.isNone() || b.file() > a.file() || (b.file() == a.file() && b.end() > a.end());
    return first ? b : a;
  }

  /** Whether the bytes there begin with the block's header; the rest came in the same write. */
  private boolean isReadable(IndexRecord wanted) throws IOException {
    Optional<byte[]> bytes = files.read(wanted.position());
    if (bytes.isEmpty()) {
      return false;
    }
    try {
      return Block.decode(bytes.get()).header().equals(wanted.header());
    } catch (MalformedException e) {
      return false;
    }
  }

  /** Blocks whose bytes did not reach the disk are headers again; connected ones are taken back. */
  private void forget(List<IndexRecord> lost, List<IndexRecord> all, List<String> notes)
      throws IOException {
    Map<Hash256, IndexRecord> byHash = new HashMap<>();
    all.forEach(each -> byHash.put(each.header().hash(), each));
    Map<Hash256, IndexRecord> gone = new HashMap<>();
    lost.forEach(each -> gone.put(each.header().hash(), each));
    int lowest = Integer.MAX_VALUE;
    List<IndexRecord> connected = new ArrayList<>();
    for (IndexRecord at = byHash.get(tip()); at != null; at = byHash.get(at.header().previous())) {
      connected.add(at);
      if (gone.containsKey(at.header().hash())) {
        lowest = at.height();
      }
    }
    int takenBack = 0;
    for (IndexRecord at : connected) {
      if (at.height() < lowest) {
        break;
      }
      disconnect(at.header().hash(), at.header().previous(), true);
      takenBack++;
    }
    try (WriteBatch batch = new WriteBatch()) {
      for (IndexRecord each : lost) {
        IndexRecord header =
            new IndexRecord(
                each.header(), each.height(), HeaderEntry.State.HEADER, FilePosition.NONE);
        batch.put(family("index"), header.header().hash().toArray(), header.toArray());
      }
      db.write(forced, batch);
    } catch (RocksDBException e) {
      throw failed(e);
    }
    notes.add(
        lost.size()
            + " blocks had not reached the disk and are asked for again; "
            + takenBack
            + " were taken back");
  }

  private List<IndexRecord> readIndex() throws IOException {
    List<IndexRecord> records = new ArrayList<>();
    try (RocksIterator at = db.newIterator(family("index"))) {
      for (at.seekToFirst(); at.isValid(); at.next()) {
        records.add(IndexRecord.ofArray(at.value()));
      }
      at.status();
    } catch (MalformedException e) {
      throw new StoreException("the ledger's index is damaged", e);
    } catch (RocksDBException e) {
      throw failed(e);
    }
    return records;
  }

  /** Headers as they were known at opening, parents before children; genesis is not among them. */
  public List<Restored> restored() {
    return List.copyOf(restored);
  }

  // ---- reading

  /** The last connected block. */
  public Hash256 tip() throws IOException {
    return Hash256.copyOf(
        get("default", TIP_KEY).orElseThrow(() -> new StoreException("the ledger has no tip")));
  }

  /** The block of {@code hash}, if it is stored. */
  public Optional<Block> block(Hash256 hash) throws IOException {
    FilePosition position = positions.get(hash);
    if (position == null) {
      return Optional.empty();
    }
    try {
      Optional<byte[]> bytes = files.read(position);
      return bytes.isEmpty() ? Optional.empty() : Optional.of(Block.decode(bytes.get()));
    } catch (MalformedException e) {
      throw new StoreException("a stored block is damaged", e);
    }
  }

  @Override
  public Map<OutPoint, Coin> find(Collection<OutPoint> wanted) {
    Map<OutPoint, Coin> found = new HashMap<>();
    List<OutPoint> missing = new ArrayList<>();
    List<byte[]> keys = new ArrayList<>();
    for (OutPoint point : wanted) {
      Coin coin = cache.get(point);
      if (coin != null) {
        found.put(point, coin);
      } else {
        missing.add(point);
        keys.add(key(point));
      }
    }
    if (missing.isEmpty()) {
      return found;
    }
    try {
      List<ColumnFamilyHandle> family = new ArrayList<>();
      keys.forEach(key -> family.add(family("coins")));
      List<byte[]> values = db.multiGetAsList(family, keys);
      for (int i = 0; i < missing.size(); i++) {
        byte[] value = values.get(i);
        if (value != null) {
          Coin coin = Coin.ofArray(value);
          found.put(missing.get(i), coin);
          cache.put(missing.get(i), coin);
        }
      }
    } catch (RocksDBException | MalformedException e) {
      throw new IllegalStateException("the ledger's coins cannot be read", e);
    }
    return found;
  }

  /** Goes over all coins. */
  public CoinStats stats() throws IOException {
    long count = 0;
    long total = 0;
    MessageDigest digest = Sha.newSha256();
    try (RocksIterator at = db.newIterator(family("coins"))) {
      for (at.seekToFirst(); at.isValid(); at.next()) {
        Coin coin = Coin.ofArray(at.value());
        count++;
        total += coin.output().amountSat();
        WireWriter out = new WireWriter();
        out.bytes(at.key(), 0, Hash256.LENGTH).u32(index(at.key()));
        out.u32(2L * coin.height() + (coin.coinbase() ? 1 : 0));
        coin.output().encode(out);
        digest.update(out.toArray());
      }
      at.status();
    } catch (RocksDBException e) {
      throw failed(e);
    } catch (MalformedException e) {
      throw new StoreException("the ledger's coins are damaged", e);
    }
    byte[] once = digest.digest();
    return new CoinStats(count, total, Hash256.copyOf(digest.digest(once)));
  }

  // ---- writing

  /** Remembers a header, or what has become known of its block. */
  public void saveHeader(HeaderEntry entry) throws IOException {
    FilePosition position = positions.getOrDefault(entry.hash(), FilePosition.NONE);
    put(entry, position);
  }

  /** Stores a block; the entry says that it is stored. */
  public void saveBlock(HeaderEntry entry, Block block) throws IOException {
    FilePosition position = files.append(block.toArray());
    positions.put(entry.hash(), position);
    put(entry, position);
  }

  private void put(HeaderEntry entry, FilePosition position) throws IOException {
    IndexRecord row = new IndexRecord(entry.header(), entry.height(), entry.state(), position);
    try {
      db.put(family("index"), unforced, entry.hash().toArray(), row.toArray());
    } catch (RocksDBException e) {
      throw failed(e);
    }
  }

  /**
   * Makes {@code entry} the tip, in one batch.
   *
   * @param force whether it is on the disk afterwards, with all before it
   */
  public void connect(HeaderEntry entry, BlockChange change, boolean force) throws IOException {
    FilePosition position = positions.getOrDefault(entry.hash(), FilePosition.NONE);
    IndexRecord row = new IndexRecord(entry.header(), entry.height(), entry.state(), position);
    try (WriteBatch batch = new WriteBatch()) {
      for (OutPoint point : change.spent().keySet()) {
        batch.delete(family("coins"), key(point));
      }
      for (Map.Entry<OutPoint, Coin> coin : change.created().entrySet()) {
        batch.put(family("coins"), key(coin.getKey()), coin.getValue().toArray());
      }
      byte[] hash = entry.hash().toArray();
      batch.put(family("undo"), hash, BlockUndo.of(change).toArray());
      batch.put(family("index"), hash, row.toArray());
      batch.put(TIP_KEY, hash);
      write(batch, force);
    } catch (RocksDBException e) {
      throw failed(e);
    }
    change.spent().keySet().forEach(cache::remove);
    cache.putAll(change.created());
  }

  /** Makes the parent of {@code entry}, the tip, the tip again, in one batch. */
  public void disconnect(HeaderEntry entry, boolean force) throws IOException {
    disconnect(entry.hash(), entry.header().previous(), force);
  }

  private void disconnect(Hash256 hash, Hash256 parent, boolean force) throws IOException {
    byte[] stored =
        get("undo", hash.toArray())
            .orElseThrow(() -> new StoreException("a block has no undo data"));
    try (WriteBatch batch = new WriteBatch()) {
      BlockUndo undo = BlockUndo.ofArray(stored);
      for (OutPoint point : undo.created()) {
        batch.delete(family("coins"), key(point));
      }
      for (Map.Entry<OutPoint, Coin> coin : undo.spent().entrySet()) {
        batch.put(family("coins"), key(coin.getKey()), coin.getValue().toArray());
      }
      batch.delete(family("undo"), hash.toArray());
      batch.put(TIP_KEY, parent.toArray());
      write(batch, force);
      undo.created().forEach(cache::remove);
      cache.putAll(undo.spent());
    } catch (RocksDBException e) {
      throw failed(e);
    } catch (MalformedException e) {
      throw new StoreException("undo data is damaged", e);
    }
  }

  private void write(WriteBatch batch, boolean force) throws IOException, RocksDBException {
    if (force) {
      files.force(); // before the index that names them
      batch.put(FORCED_KEY, forcedMark());
    }
    db.write(force ? forced : unforced, batch);
  }

  /** Everything written so far is on the disk afterwards. */
  public void force() throws IOException {
    files.force();
    try {
      db.put(family("default"), forced, FORCED_KEY, forcedMark());
    } catch (RocksDBException e) {
      throw failed(e);
    }
  }

  private byte[] forcedMark() {
    WireWriter out = new WireWriter(12);
    files.end().encode(out);
    return out.toArray();
  }

  // ---- keys

  /** The position stands big-endian, so that coins of a transaction lie in their order. */
  private static byte[] key(OutPoint point) {
    byte[] key = new byte[OutPoint.LENGTH];
    point.txid().copyTo(key, 0);
    for (int i = 0; i < 4; i++) {
      key[Hash256.LENGTH + i] = (byte) (point.index() >>> (24 - 8 * i));
    }
    return key;
  }

  private static long index(byte[] key) {
    long index = 0;
    for (int i = 0; i < 4; i++) {
      index = index << 8 | (key[Hash256.LENGTH + i] & 0xff);
    }
    return index;
  }

  private ColumnFamilyHandle family(String name) {
    return families.get(FAMILIES.indexOf(name));
  }

  private Optional<byte[]> get(String family, byte[] key) throws IOException {
    try {
      return Optional.ofNullable(db.get(family(family), key));
    } catch (RocksDBException e) {
      throw failed(e);
    }
  }

  private static StoreException failed(RocksDBException e) {
    return new StoreException("the ledger's database failed", e);
  }

  @Override
  public void close() throws IOException {
    try {
      force();
    } finally {
      files.close();
      families.forEach(ColumnFamilyHandle::close);
      db.close();
      options.close();
      forced.close();
      unforced.close();
    }
  }
}
