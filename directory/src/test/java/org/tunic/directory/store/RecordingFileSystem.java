package org.tunic.directory.store;

import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.ProviderMismatchException;
import java.nio.file.StandardOpenOption;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.spi.FileSystemProvider;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.tunic.directory.store.PowerCut.Step;

/**
 * The default file system, with every change of a file below one directory told to a {@link
 * PowerCut}. What could change a file without being told is refused.
 *
 * <p>Threads: that of the test.
 */
final class RecordingFileSystem extends FileSystem {
  private final Provider provider = new Provider();
  private final Path real;
  private final Consumer<Step> steps;
  private final Map<String, Integer> files = new HashMap<>();
  private int lastFile;

  private RecordingFileSystem(Path real, Consumer<Step> steps) {
    this.real = real.toAbsolutePath().normalize();
    this.steps = steps;
  }

  /**
   * @param present the files that are there, numbered from 1 in the order of their names
   */
  static RecordingFileSystem over(Path real, List<String> present, Consumer<Step> steps) {
    RecordingFileSystem system = new RecordingFileSystem(real, steps);
    present.stream().sorted().forEach(name -> system.files.put(name, ++system.lastFile));
    return system;
  }

  Path root() {
    return new RecordedPath(real);
  }

  private String name(Path path) {
    return real.relativize(real(path).toAbsolutePath().normalize()).toString();
  }

  private static Path real(Path path) {
    if (path instanceof RecordedPath recorded) {
      return recorded.path;
    }
    throw new ProviderMismatchException(path + " is of another file system");
  }

  private final class Provider extends FileSystemProvider {
    private FileSystemProvider below() {
      return real.getFileSystem().provider();
    }

    @Override
    public FileChannel newFileChannel(
        Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
        throws IOException {
      Path file = real(path);
      boolean was = Files.exists(file);
      FileChannel channel = below().newFileChannel(file, options, attributes);
      if (Files.isDirectory(file)) {
        return new RecordingChannel(
            channel, false, () -> steps.accept(new Step.ForceNames(name(path))), 0);
      }
      if (!was) {
        files.put(name(path), ++lastFile);
        steps.accept(new Step.Make(name(path), lastFile));
      }
      int number = files.get(name(path));
      if (was && options.contains(StandardOpenOption.TRUNCATE_EXISTING)) {
        steps.accept(new Step.Truncate(number, 0));
      }
      return new RecordingChannel(
          channel,
          options.contains(StandardOpenOption.APPEND),
          () -> steps.accept(new Step.Force(number)),
          number);
    }

    @Override
    public SeekableByteChannel newByteChannel(
        Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
        throws IOException {
      return newFileChannel(path, options, attributes);
    }

    @Override
    public void delete(Path path) throws IOException {
      below().delete(real(path));
      if (files.remove(name(path)) != null) {
        steps.accept(new Step.Delete(name(path)));
      }
    }

    @Override
    public void move(Path source, Path target, CopyOption... options) throws IOException {
      below().move(real(source), real(target), options);
      files.put(name(target), Objects.requireNonNull(files.remove(name(source))));
      steps.accept(new Step.Rename(name(source), name(target)));
    }

    @Override
    public void createDirectory(Path path, FileAttribute<?>... attributes) throws IOException {
      below().createDirectory(real(path), attributes);
    }

    @Override
    public DirectoryStream<Path> newDirectoryStream(
        Path path, DirectoryStream.Filter<? super Path> filter) throws IOException {
      List<Path> entries = new ArrayList<>();
      try (DirectoryStream<Path> all = below().newDirectoryStream(real(path), entry -> true)) {
        for (Path entry : all) {
          Path recorded = new RecordedPath(entry);
          if (filter.accept(recorded)) {
            entries.add(recorded);
          }
        }
      }
      return new DirectoryStream<>() {
        @Override
        public Iterator<Path> iterator() {
          return entries.iterator();
        }

        @Override
        public void close() {}
      };
    }

    @Override
    public void checkAccess(Path path, AccessMode... modes) throws IOException {
      below().checkAccess(real(path), modes);
    }

    @Override
    public <V extends FileAttributeView> @Nullable V getFileAttributeView(
        Path path, Class<V> type, LinkOption... options) {
      return below().getFileAttributeView(real(path), type, options);
    }

    @Override
    public <A extends BasicFileAttributes> A readAttributes(
        Path path, Class<A> type, LinkOption... options) throws IOException {
      return below().readAttributes(real(path), type, options);
    }

    @Override
    public Map<String, Object> readAttributes(Path path, String names, LinkOption... options)
        throws IOException {
      return below().readAttributes(real(path), names, options);
    }

    @Override
    public void setAttribute(Path path, String name, Object value, LinkOption... options)
        throws IOException {
      below().setAttribute(real(path), name, value, options);
    }

    @Override
    public boolean isSameFile(Path one, Path other) throws IOException {
      return below().isSameFile(real(one), real(other));
    }

    @Override
    public boolean isHidden(Path path) throws IOException {
      return below().isHidden(real(path));
    }

    @Override
    public FileStore getFileStore(Path path) throws IOException {
      return below().getFileStore(real(path));
    }

    @Override
    public String getScheme() {
      return "recorded";
    }

    @Override
    public void copy(Path source, Path target, CopyOption... options) {
      throw new IllegalStateException("copying is not recorded");
    }

    @Override
    public FileSystem newFileSystem(URI uri, Map<String, ?> environment) {
      throw new IllegalStateException("made by PowerCut alone");
    }

    @Override
    public FileSystem getFileSystem(URI uri) {
      return RecordingFileSystem.this;
    }

    @Override
    public Path getPath(URI uri) {
      throw new IllegalStateException("has no URIs");
    }
  }

  private final class RecordingChannel extends FileChannel {
    private final FileChannel below;
    private final boolean append;
    private final Runnable forced;
    private final int file;

    RecordingChannel(FileChannel below, boolean append, Runnable forced, int file) {
      this.below = below;
      this.append = append;
      this.forced = forced;
      this.file = file;
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
      return write(source, append ? below.size() : below.position(), true);
    }

    @Override
    public int write(ByteBuffer source, long position) throws IOException {
      return write(source, position, false);
    }

    private int write(ByteBuffer source, long position, boolean move) throws IOException {
      ByteBuffer copy = source.duplicate();
      int written = move ? below.write(source) : below.write(source, position);
      byte[] bytes = new byte[written];
      copy.get(bytes);
      steps.accept(new Step.Write(file, position, bytes));
      return written;
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
      long written = 0;
      for (int i = offset; i < offset + length; i++) {
        while (sources[i].hasRemaining()) {
          written += write(sources[i]);
        }
      }
      return written;
    }

    @Override
    public FileChannel truncate(long size) throws IOException {
      if (size < below.size()) {
        below.truncate(size);
        steps.accept(new Step.Truncate(file, size));
      }
      return this;
    }

    @Override
    public void force(boolean metaData) throws IOException {
      below.force(metaData);
      forced.run();
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
      return below.read(target);
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
      return below.read(target, position);
    }

    @Override
    public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
      return below.read(targets, offset, length);
    }

    @Override
    public long position() throws IOException {
      return below.position();
    }

    @Override
    public FileChannel position(long position) throws IOException {
      below.position(position);
      return this;
    }

    @Override
    public long size() throws IOException {
      return below.size();
    }

    @Override
    public long transferTo(long position, long count, WritableByteChannel target)
        throws IOException {
      return below.transferTo(position, count, target);
    }

    @Override
    public long transferFrom(ReadableByteChannel source, long position, long count) {
      throw new IllegalStateException("transferFrom is not recorded");
    }

    @Override
    public MappedByteBuffer map(MapMode mode, long position, long size) {
      throw new IllegalStateException("mapped files are not recorded");
    }

    @Override
    public FileLock lock(long position, long size, boolean shared) throws IOException {
      return below.lock(position, size, shared);
    }

    @Override
    public @Nullable FileLock tryLock(long position, long size, boolean shared) throws IOException {
      return below.tryLock(position, size, shared);
    }

    @Override
    protected void implCloseChannel() throws IOException {
      below.close();
    }
  }

  /** A path of the default file system that remembers where its changes are to be told. */
  private final class RecordedPath implements Path {
    private final Path path;

    RecordedPath(Path path) {
      this.path = path;
    }

    private @Nullable Path of(@Nullable Path other) {
      return other == null ? null : new RecordedPath(other);
    }

    private static Path plain(Path other) {
      return other instanceof RecordedPath recorded ? recorded.path : other;
    }

    @Override
    public FileSystem getFileSystem() {
      return RecordingFileSystem.this;
    }

    @Override
    public boolean isAbsolute() {
      return path.isAbsolute();
    }

    @Override
    public @Nullable Path getRoot() {
      return of(path.getRoot());
    }

    @Override
    public @Nullable Path getFileName() {
      return of(path.getFileName());
    }

    @Override
    public @Nullable Path getParent() {
      return of(path.getParent());
    }

    @Override
    public int getNameCount() {
      return path.getNameCount();
    }

    @Override
    public Path getName(int index) {
      return new RecordedPath(path.getName(index));
    }

    @Override
    public Path subpath(int begin, int end) {
      return new RecordedPath(path.subpath(begin, end));
    }

    @Override
    public boolean startsWith(Path other) {
      return path.startsWith(plain(other));
    }

    @Override
    public boolean endsWith(Path other) {
      return path.endsWith(plain(other));
    }

    @Override
    public Path normalize() {
      return new RecordedPath(path.normalize());
    }

    @Override
    public Path resolve(Path other) {
      return new RecordedPath(path.resolve(plain(other)));
    }

    @Override
    public Path relativize(Path other) {
      return new RecordedPath(path.relativize(plain(other)));
    }

    @Override
    public URI toUri() {
      return path.toUri();
    }

    @Override
    public Path toAbsolutePath() {
      return new RecordedPath(path.toAbsolutePath());
    }

    @Override
    public Path toRealPath(LinkOption... options) throws IOException {
      return new RecordedPath(path.toRealPath(options));
    }

    @Override
    public WatchKey register(
        WatchService watcher, WatchEvent.Kind<?>[] events, WatchEvent.Modifier... modifiers) {
      throw new IllegalStateException("nobody watches this file system");
    }

    @Override
    public int compareTo(Path other) {
      return path.compareTo(plain(other));
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof RecordedPath recorded && path.equals(recorded.path);
    }

    @Override
    public int hashCode() {
      return path.hashCode();
    }

    @Override
    public String toString() {
      return path.toString();
    }
  }

  @Override
  public FileSystemProvider provider() {
    return provider;
  }

  @Override
  public void close() {
    throw new IllegalStateException("lives as long as its test");
  }

  @Override
  public boolean isOpen() {
    return true;
  }

  @Override
  public boolean isReadOnly() {
    return false;
  }

  @Override
  public String getSeparator() {
    return "/";
  }

  @Override
  public Iterable<Path> getRootDirectories() {
    return List.of(root());
  }

  @Override
  public Iterable<FileStore> getFileStores() {
    return List.of();
  }

  @Override
  public Set<String> supportedFileAttributeViews() {
    return real.getFileSystem().supportedFileAttributeViews();
  }

  @Override
  public Path getPath(String first, String... more) {
    return new RecordedPath(real.getFileSystem().getPath(first, more));
  }

  @Override
  public PathMatcher getPathMatcher(String pattern) {
    PathMatcher matcher = real.getFileSystem().getPathMatcher(pattern);
    return path -> matcher.matches(RecordedPath.plain(path));
  }

  @Override
  public UserPrincipalLookupService getUserPrincipalLookupService() {
    return real.getFileSystem().getUserPrincipalLookupService();
  }

  @Override
  public WatchService newWatchService() {
    throw new IllegalStateException("nobody watches this file system");
  }
}
