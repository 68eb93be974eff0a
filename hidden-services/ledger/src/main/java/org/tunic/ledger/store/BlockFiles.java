package org.tunic.ledger.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tunic.ledger.primitive.WireWriter;

/**
 * Blocks, one after another, in files {@code blk00000.dat} and so on: magic, length, block, as
 * Bitcoin Core writes and imports them.
 *
 * <p>Only the end is ever written to. A file is full at 128 MiB.
 *
 * <p>Threads: the thread of the chain.
 */
final class BlockFiles implements AutoCloseable {
  static final int MAX_FILE_BYTES = 128 << 20;
  private static final int FRAME = 8;

  private final Path folder;
  private final int magic;
  private final int maxFileBytes;
  private final Map<Integer, FileChannel> open = new HashMap<>();
  private int file;
  private int end;
  private boolean unforced;

  BlockFiles(Path folder, int magic, int maxFileBytes) {
    this.folder = folder;
    this.magic = magic;
    this.maxFileBytes = maxFileBytes;
  }

  /**
   * Begins behind the last block that the index knows; what lies behind is cut off.
   *
   * @return bytes that were cut off
   */
  long recover(FilePosition last) throws IOException {
    file = last.file();
    end = last.isNone() ? 0 : last.end();
    long cut = Math.max(0, channel(file).size() - end);
    channel(file).truncate(end);
    for (int beyond = file + 1; Files.exists(path(beyond)); beyond++) {
      cut += Files.size(path(beyond));
      Files.delete(path(beyond));
    }
    return cut;
  }

  /** The end of what was written, as the position of a block of one byte before it. */
  FilePosition end() {
    return end == 0 ? FilePosition.NONE : new FilePosition(file, end - 1, 1);
  }

  FilePosition append(byte[] block) throws IOException {
    if (end > 0 && (long) end + FRAME + block.length > maxFileBytes) {
      force();
      file++;
      end = 0;
    }
    ByteBuffer frame =
        ByteBuffer.wrap(
            new WireWriter(FRAME + block.length)
                .u32(magic)
                .u32(block.length)
                .bytes(block)
                .toArray());
    FileChannel channel = channel(file);
    long at = end;
    while (frame.hasRemaining()) {
      at += channel.write(frame, at);
    }
    FilePosition position = new FilePosition(file, end + FRAME, block.length);
    end = position.end();
    unforced = true;
    return position;
  }

  /** The bytes at {@code position}; empty if the file does not reach so far. */
  Optional<byte[]> read(FilePosition position) throws IOException {
    if (!Files.exists(path(position.file()))) {
      return Optional.empty();
    }
    FileChannel channel = channel(position.file());
    if (channel.size() < position.end()) {
      return Optional.empty();
    }
    ByteBuffer block = ByteBuffer.allocate(position.length());
    long at = position.offset();
    while (block.hasRemaining()) {
      int count = channel.read(block, at);
      if (count < 0) {
        return Optional.empty();
      }
      at += count;
    }
    return Optional.of(block.array());
  }

  /** Everything that was appended is on the disk afterwards. */
  void force() throws IOException {
    if (unforced) {
      channel(file).force(true);
      unforced = false;
    }
  }

  private FileChannel channel(int number) throws IOException {
    FileChannel channel = open.get(number);
    if (channel == null) {
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
    return folder.resolve("blk%05d.dat".formatted(number));
  }

  @Override
  public void close() throws IOException {
    force();
    for (FileChannel channel : open.values()) {
      channel.close();
    }
    open.clear();
  }
}
