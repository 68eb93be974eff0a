package org.tunic.index.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.tunic.crypto.bytes.Bytes;

/**
 * Info dictionaries and piece layers, one after another, in files {@code torrents00000} and so on,
 * each full at 256 MiB. Where each stands, and its hash, is known to the journal alone; it is
 * written there after the bytes here were forced.
 *
 * <p>Threads: one writer; {@link #read} any.
 */
final class TorrentFiles implements AutoCloseable {
  static final int MAX_FILE_BYTES = 256 << 20;

  private final Path folder;
  private final int maxFileBytes;
  private final Map<Integer, FileChannel> open = new ConcurrentHashMap<>();
  private int file;
  private int end;
  private boolean unforced;
  private boolean newName;

  TorrentFiles(Path folder, int maxFileBytes) {
    this.folder = folder;
    this.maxFileBytes = maxFileBytes;
  }

  /** Begins behind the last torrent that the journal knows; what lies behind is cut off. */
  void recover(TorrentPlace last) throws IOException {
    file = last.file();
    end = last.end();
    if (end > 0 && (!Files.exists(path(file)) || channel(file).size() < end)) {
      throw new StoreException(path(file) + " is missing, or shorter than it was");
    }
    if (Files.exists(path(file)) && channel(file).size() > end) {
      channel(file).truncate(end);
      unforced = true;
    }
    for (int beyond = file + 1; Files.exists(path(beyond)); beyond++) {
      Files.delete(path(beyond));
    }
  }

  TorrentPlace append(Bytes info, Bytes layers) throws IOException {
    int length = info.length() + layers.length();
    if (end > 0 && (long) end + length > maxFileBytes) {
      force();
      file++;
      end = 0;
    }
    ByteBuffer bytes = ByteBuffer.allocate(length).put(info.toArray()).put(layers.toArray()).flip();
    FileChannel channel = channel(file);
    long at = end;
    unforced = true;
    while (bytes.hasRemaining()) {
      at += channel.write(bytes, at);
    }
    TorrentPlace place = new TorrentPlace(file, end, info.length(), layers.length());
    end = (int) at;
    return place;
  }

  /** Bytes of all files, or nearly. */
  long used() {
    return (long) file * maxFileBytes + end;
  }

  /** Everything that was appended is on the disk afterwards. */
  void force() throws IOException {
    if (unforced) {
      channel(file).force(true);
      if (newName) {
        try (FileChannel names = FileChannel.open(folder, StandardOpenOption.READ)) {
          names.force(true);
        }
        newName = false;
      }
      unforced = false;
    }
  }

  /** The bytes from {@code skip} of those at a place. */
  Bytes read(TorrentPlace place, int skip, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    FileChannel channel = channel(place.file());
    long at = (long) place.offset() + skip;
    while (bytes.hasRemaining()) {
      int count = channel.read(bytes, at);
      if (count < 0) {
        throw new StoreException(path(place.file()) + " ends too early");
      }
      at += count;
    }
    return Bytes.copyOf(bytes.array());
  }

  private synchronized FileChannel channel(int number) throws IOException {
    FileChannel channel = open.get(number);
    if (channel == null) {
      newName |= !Files.exists(path(number));
      channel =
          FileChannel.open(
              path(number),
              Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      open.put(number, channel);
    }
    return channel;
  }

  private Path path(int number) {
    return folder.resolve("torrents%05d".formatted(number));
  }

  @Override
  public void close() throws IOException {
    for (FileChannel channel : open.values()) {
      channel.close();
    }
    open.clear();
  }
}
