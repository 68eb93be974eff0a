package org.tunic.index.search;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.IntField;
import org.apache.lucene.document.LongField;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.StoredFields;
import org.apache.lucene.index.Term;
import org.apache.lucene.queryparser.simple.SimpleQueryParser;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.CollectorManager;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.MatchAllDocsQuery;
import org.apache.lucene.search.MatchNoDocsQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.SearcherFactory;
import org.apache.lucene.search.SearcherManager;
import org.apache.lucene.search.SimpleCollector;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortField;
import org.apache.lucene.search.SortedNumericSelector;
import org.apache.lucene.search.TopFieldCollectorManager;
import org.apache.lucene.search.TopFieldDocs;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.util.BytesRef;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tunic.index.metainfo.Metainfo;
import org.tunic.index.metainfo.Metainfo.FileEntry;
import org.tunic.index.store.Category;
import org.tunic.index.store.Entry;
import org.tunic.index.store.IndexStore;
import org.tunic.index.store.Standing;
import org.tunic.tracker.swarm.Counts;
import org.tunic.tracker.swarm.InfoHash;

/**
 * Names, files, tags and categories of the listed torrents, in Lucene.
 *
 * <p>The index on the disk says up to which change of the store it goes; when it is opened, what
 * came since is added. One that is damaged, of another version or ahead of its store is thrown away
 * and made again.
 *
 * <p>No query is wrong: what cannot be understood as an operator is a word.
 *
 * <p>Threads: any; changes are guarded by this.
 */
public final class SearchIndex implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SearchIndex.class);

  private static final String ID = "id";
  private static final String NAME = "name";
  private static final String FILES = "files";
  private static final String TAGS = "tags";
  private static final String CATEGORY = "category";
  private static final String DATE = "date";
  private static final String SIZE = "size";
  private static final String SEEDERS = "seeders";
  private static final String DOWNLOADS = "downloads";
  private static final String SEQUENCE = "sequence";

  /** Characters of file names of one torrent that can be found. */
  private static final int MAX_FILE_TEXT = 8192;

  private static final double BUFFER_MB = 32;

  private static final Map<String, Float> WEIGHTS = Map.of(NAME, 3f, TAGS, 2f, FILES, 1f);

  private final NameAnalyzer analyzer = new NameAnalyzer();
  private final Directory directory;
  private final IndexWriter writer;
  private final SearcherManager searchers;
  private boolean changed; // guarded by this

  private SearchIndex(Path folder) throws IOException {
    this.directory = FSDirectory.open(folder);
    try {
      this.writer =
          new IndexWriter(
              directory,
              new IndexWriterConfig(analyzer)
                  .setRAMBufferSizeMB(BUFFER_MB)
                  .setCommitOnClose(false));
      this.searchers = new SearcherManager(writer, new SearcherFactory());
    } catch (IOException | RuntimeException e) {
      directory.close();
      throw e;
    }
  }

  /**
   * Opens the index of a store and brings it up to date, or makes it.
   *
   * @param folder made if it is not there
   */
  public static SearchIndex open(Path folder, IndexStore store) throws IOException {
    long known = known(folder, store.sequence());
    if (known < 0) {
      throwAway(folder);
    }
    SearchIndex index = new SearchIndex(folder);
    try {
      index.catchUp(store, Math.max(known, 0));
    } catch (IOException | RuntimeException e) {
      index.close();
      throw e;
    }
    return index;
  }

  /** Up to where the index goes; 0 if there is none, -1 if it is to be thrown away. */
  private static long known(Path folder, long sequence) throws IOException {
    if (!Files.isDirectory(folder)) {
      return 0;
    }
    try (Directory directory = FSDirectory.open(folder)) {
      if (!DirectoryReader.indexExists(directory)) {
        return -1;
      }
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        for (LeafReaderContext leaf : reader.leaves()) {
          leaf.reader().checkIntegrity();
        }
        String said = reader.getIndexCommit().getUserData().get(SEQUENCE);
        long known = said == null ? -1 : Long.parseLong(said);
        return known > sequence ? -1 : known;
      }
    } catch (IOException | RuntimeException e) {
      LOG.warn("The search index is damaged and is made again.");
      return -1;
    }
  }

  private static void throwAway(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
  }

  private void catchUp(IndexStore store, long known) throws IOException {
    long sequence = store.sequence();
    int[] done = new int[1];
    store.changedAfter(
        known,
        (entry, standing) -> {
          put(entry, standing, store.torrent(entry));
          done[0]++;
        });
    if (done[0] > 0 || known == 0) {
      commit(sequence);
    }
    searchers.maybeRefreshBlocking();
    forgetCounts();
    if (done[0] > 0) {
      LOG.info("Search index: {} torrents brought up to date.", done[0]);
    }
  }

  /** Swarms may have gone while nobody counted. */
  private void forgetCounts() throws IOException {
    Query counted =
        new BooleanQuery.Builder()
            .add(NumericDocValuesField.newSlowRangeQuery(SEEDERS, 1, Long.MAX_VALUE), Occur.SHOULD)
            .add(
                NumericDocValuesField.newSlowRangeQuery(DOWNLOADS, 1, Long.MAX_VALUE), Occur.SHOULD)
            .build();
    IndexSearcher searcher = searchers.acquire();
    try {
      StoredFields stored = searcher.storedFields();
      for (ScoreDoc hit :
          searcher.search(counted, Math.max(1, searcher.getIndexReader().maxDoc())).scoreDocs) {
        update(Map.of(id(stored, hit), Counts.NONE));
      }
    } finally {
      searchers.release(searcher);
    }
    refresh();
  }

  // ---- changes

  private static BytesRef name(InfoHash id) {
    return new BytesRef(id.toArray());
  }

  private void put(Entry entry, Standing standing, Metainfo torrent) throws IOException {
    Term term = new Term(ID, name(entry.id()));
    if (standing == Standing.LISTED) {
      writer.updateDocument(term, document(entry, torrent));
    } else {
      writer.deleteDocuments(term);
    }
  }

  private static Document document(Entry entry, Metainfo torrent) {
    Document document = new Document();
    document.add(new StringField(ID, name(entry.id()), Field.Store.YES));
    document.add(new TextField(NAME, entry.name(), Field.Store.NO));
    document.add(new TextField(TAGS, String.join(" ", entry.tags()), Field.Store.NO));
    document.add(new TextField(FILES, fileText(torrent), Field.Store.NO));
    document.add(new IntField(CATEGORY, entry.category().number(), Field.Store.NO));
    document.add(new LongField(DATE, entry.addedSeconds(), Field.Store.NO));
    document.add(new LongField(SIZE, entry.length(), Field.Store.NO));
    document.add(new NumericDocValuesField(SEEDERS, 0));
    document.add(new NumericDocValuesField(DOWNLOADS, 0));
    return document;
  }

  private static String fileText(Metainfo torrent) {
    StringBuilder text = new StringBuilder();
    for (FileEntry file : torrent.files()) {
      if (text.length() > MAX_FILE_TEXT) {
        break;
      }
      text.append(file.text()).append('\n');
    }
    return text.toString();
  }

  /**
   * Takes up a torrent that is new, or stands in another way than before. Searches see it after
   * {@link #refresh}.
   */
  public synchronized void update(Entry entry, Standing standing, Metainfo torrent)
      throws IOException {
    put(entry, standing, torrent);
    changed = true;
  }

  /** What swarms are like now, for those where it changed. */
  public synchronized void update(Map<InfoHash, Counts> counts) throws IOException {
    for (Map.Entry<InfoHash, Counts> entry : counts.entrySet()) {
      Term term = new Term(ID, name(entry.getKey()));
      writer.updateDocValues(
          term,
          new NumericDocValuesField(SEEDERS, entry.getValue().complete()),
          new NumericDocValuesField(DOWNLOADS, entry.getValue().downloaded()));
      changed = true;
    }
  }

  /** Has searches see all that changed. */
  public void refresh() throws IOException {
    searchers.maybeRefreshBlocking();
  }

  /**
   * Writes all that changed to the disk. Nothing is lost if this does not happen: it is made again
   * from the store.
   *
   * @param sequence of the store, up to which everything was taken up
   */
  public synchronized void commit(long sequence) throws IOException {
    writer.setLiveCommitData(Map.of(SEQUENCE, Long.toString(sequence)).entrySet());
    writer.commit();
    changed = false;
  }

  /** Whether something is not on the disk. */
  public synchronized boolean isChanged() {
    return changed;
  }

  // ---- searching

  /** Looks for torrents. */
  public Found search(Search search) throws IOException {
    Query words = words(search.words());
    Query wanted = search.categories().isEmpty() ? words : among(words, search);
    IndexSearcher searcher = searchers.acquire();
    try {
      int reach = search.skip() + search.most();
      TopFieldDocs top =
          searcher.search(wanted, new TopFieldCollectorManager(sort(search), reach, 1));
      int total = searcher.count(wanted);
      StoredFields stored = searcher.storedFields();
      List<InfoHash> page =
          Arrays.stream(top.scoreDocs).skip(search.skip()).map(hit -> id(stored, hit)).toList();
      return new Found(total, page);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    } finally {
      searchers.release(searcher);
    }
  }

  /** How many torrents match in each category; of all categories, whatever the search asks for. */
  public Map<Category, Integer> byCategory(Search search) throws IOException {
    IndexSearcher searcher = searchers.acquire();
    try {
      return searcher.search(words(search.words()), new Census());
    } finally {
      searchers.release(searcher);
    }
  }

  private static InfoHash id(StoredFields stored, ScoreDoc hit) {
    try {
      BytesRef name = stored.document(hit.doc, Set.of(ID)).getBinaryValue(ID);
      return InfoHash.at(name.bytes, name.offset);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Query words(String words) {
    if (words.isBlank()) {
      return MatchAllDocsQuery.INSTANCE;
    }
    SimpleQueryParser parser = new SimpleQueryParser(analyzer, WEIGHTS);
    parser.setDefaultOperator(Occur.MUST);
    try {
      Query query = parser.parse(words);
      return query == null ? MatchNoDocsQuery.INSTANCE : query;
    } catch (RuntimeException e) {
      // More clauses than Lucene takes: whoever writes that finds nothing.
      return MatchNoDocsQuery.INSTANCE;
    }
  }

  private static Query among(Query words, Search search) {
    int[] numbers =
        search.categories().stream()
            .flatMap(category -> Stream.concat(Stream.of(category), category.children().stream()))
            .mapToInt(Category::number)
            .distinct()
            .toArray();
    return new BooleanQuery.Builder()
        .add(words, Occur.MUST)
        .add(IntField.newSetQuery(CATEGORY, numbers), Occur.FILTER)
        .build();
  }

  private static Sort sort(Search search) {
    boolean reverse = !search.ascending();
    SortField newest = LongField.newSortField(DATE, true, SortedNumericSelector.Type.MIN);
    return switch (search.order()) {
      case DATE -> new Sort(LongField.newSortField(DATE, reverse, SortedNumericSelector.Type.MIN));
      case SIZE ->
          new Sort(LongField.newSortField(SIZE, reverse, SortedNumericSelector.Type.MIN), newest);
      case SEEDERS -> new Sort(new SortField(SEEDERS, SortField.Type.LONG, reverse), newest);
      case DOWNLOADS -> new Sort(new SortField(DOWNLOADS, SortField.Type.LONG, reverse), newest);
    };
  }

  /** Counts by category. Threads: one. */
  private static final class Census
      implements CollectorManager<Census.Counter, Map<Category, Integer>> {
    /** One part of the index after the other. Threads: one. */
    static final class Counter extends SimpleCollector {
      private final Map<Long, Integer> counts = new HashMap<>();
      private NumericDocValues values = DocValues.emptyNumeric();

      @Override
      protected void doSetNextReader(LeafReaderContext context) throws IOException {
        values = DocValues.unwrapSingleton(DocValues.getSortedNumeric(context.reader(), CATEGORY));
      }

      @Override
      public void collect(int doc) throws IOException {
        if (values != null && values.advanceExact(doc)) {
          counts.merge(values.longValue(), 1, Integer::sum);
        }
      }

      @Override
      public ScoreMode scoreMode() {
        return ScoreMode.COMPLETE_NO_SCORES;
      }
    }

    @Override
    public Counter newCollector() {
      return new Counter();
    }

    @Override
    public Map<Category, Integer> reduce(Collection<Counter> counters) {
      Map<Category, Integer> sums = new EnumMap<>(Category.class);
      for (Counter counter : counters) {
        counter.counts.forEach(
            (number, count) ->
                Category.of(number.intValue())
                    .ifPresent(category -> sums.merge(category, count, Integer::sum)));
      }
      return sums;
    }
  }

  /** Closes without writing; what was not committed is made again. */
  @Override
  public synchronized void close() throws IOException {
    searchers.close();
    writer.close();
    directory.close();
  }
}
