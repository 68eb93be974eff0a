package org.tunic.index.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.tunic.directory.store.AtomicFiles;

/**
 * A file of frames that only grows. A frame is written at once and forced before {@link #append}
 * returns, and none is written before that: so only the last one can be torn.
 *
 * <pre>
 * file    "tunic index 1\n", frames
 * frame   "TIXF", sequence u64, length u32, CRC-32C u32 of all the others, payload
 * </pre>
 *
 * <p>What follows the last whole frame is cut off when the file is opened, since nobody was told
 * that it is kept, unless a whole frame follows it: then the disk lost something, and that is said
 * instead.
 *
 * <p>Threads: one writer; {@link #read} any.
 */
final class Journal implements AutoCloseable {
  /** Bytes of a payload. */
  static final int MAX_PAYLOAD_BYTES = 8 << 20;

  private static final byte[] HEAD = "tunic index 1\n".getBytes(StandardCharsets.US_ASCII);
  private static final int MAGIC = 0x54495846;
  private static final int FRAME_HEAD = 4 + 8 + 4 + 4;
  private static final int READ_BYTES = 1 << 16;

  /** Takes the frames that are there already. */
  interface Reader {
    /**
     * @param sequence 1 for the first frame
     * @param position of the payload in the file
     */
    void frame(long sequence, long position, byte[] payload) throws IOException;
  }

  private final Path path;
  private final FileChannel file;
  private long end;
  private long sequence;
  private long cut;
  private boolean failed;

  private Journal(Path path, FileChannel file) {
    this.path = path;
    this.file = file;
  }

  /**
   * Opens or makes the journal, mode 0600, and hands over its frames in order.
   *
   * @throws StoreException if the file is damaged, or another program's
   */
  static Journal open(Path path, Reader reader) throws IOException {
    if (!Files.exists(path)) {
      AtomicFiles.write(path, HEAD);
    }
    FileChannel file =
        FileChannel.open(
            path,
            Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Journal journal = new Journal(path, file);
    try {
      lock(path, file);
      journal.replay(reader);
    } catch (IOException e) {
      file.close();
      throw e;
    }
    return journal;
  }

  /** The lock goes when the file is closed. */
  private static void lock(Path path, FileChannel file) throws IOException {
    try {
      if (file.tryLock() != null) {
        return;
      }
    } catch (OverlappingFileLockException e) {
      // in this process
    }
    throw new StoreException(path + " is in use by another index");
  }

  private void replay(Reader reader) throws IOException {
    byte[] head = new byte[HEAD.length];
    if (file.size() < HEAD.length
        || !fill(ByteBuffer.wrap(head), 0)
        || !Arrays.equals(head, HEAD)) {
      throw new StoreException(path + " is no journal of this version");
    }
    end = HEAD.length;
    Window window = new Window();
    while (true) {
      byte @Nullable [] payload = window.frame(end, sequence + 1);
      if (payload == null) {
        break;
      }
      sequence++;
      reader.frame(sequence, end + FRAME_HEAD, payload);
      end += FRAME_HEAD + payload.length;
    }
    cut = file.size() - end;
    if (cut > 0) {
      checkNothingFollows(window);
      file.truncate(end);
      file.force(true);
    }
  }

  /** A frame behind one that cannot be read was written after that one had been forced. */
  private void checkNothingFollows(Window window) throws IOException {
    byte[] rest = new byte[(int) Math.min(cut, 2L * MAX_PAYLOAD_BYTES)];
    if (!fill(ByteBuffer.wrap(rest), end)) {
      return;
    }
    for (int i = 1; i + FRAME_HEAD <= rest.length; i++) {
      if (rest[i] == 'T' && rest[i + 1] == 'I' && rest[i + 2] == 'X' && rest[i + 3] == 'F') {
        long next = ByteBuffer.wrap(rest).getLong(i + 4);
        if (next > sequence + 1 && window.frame(end + i, next) != null) {
          throw new StoreException(
              path + " is damaged at byte " + end + ": entries behind it can be read, it cannot");
        }
      }
    }
    if (cut > FRAME_HEAD + (long) MAX_PAYLOAD_BYTES) {
      throw new StoreException(path + " is damaged at byte " + end);
    }
  }

  /** Reads frames with few calls. Threads: that of the journal. */
  private final class Window {
    private final ByteBuffer bytes = ByteBuffer.allocate(READ_BYTES).limit(0);
    private long start;

    /** The payload of the frame at a position; null if there is no whole one. */
    byte @Nullable [] frame(long position, long expected) throws IOException {
      if (position + FRAME_HEAD > file.size()) {
        return null;
      }
      ByteBuffer head = at(position, FRAME_HEAD);
      int magic = head.getInt();
      long number = head.getLong();
      int length = head.getInt();
      int crc = head.getInt();
      if (magic != MAGIC
          || number != expected
          || length < 0
          || length > MAX_PAYLOAD_BYTES
          || position + FRAME_HEAD + length > file.size()) {
        return null;
      }
      byte[] payload = new byte[length];
      at(position + FRAME_HEAD, length).get(payload);
      return crc == crc(number, payload) ? payload : null;
    }

    private ByteBuffer at(long position, int length) throws IOException {
      if (length > READ_BYTES) {
        ByteBuffer large = ByteBuffer.allocate(length);
        fill(large, position);
        return large.flip();
      }
      if (position < start || position + length > start + bytes.limit()) {
        bytes.clear();
        start = position;
        fill(bytes, position);
        bytes.flip();
      }
      return bytes.slice((int) (position - start), length);
    }
  }

  private static int crc(long sequence, byte[] payload) {
    CRC32C crc = new CRC32C();
    crc.update(ByteBuffer.allocate(12).putLong(sequence).putInt(payload.length).flip());
    crc.update(payload);
    return (int) crc.getValue();
  }

  /** Fills the buffer as far as the file goes; whether it is full. */
  private boolean fill(ByteBuffer buffer, long position) throws IOException {
    long at = position;
    while (buffer.hasRemaining()) {
      int count = file.read(buffer, at);
      if (count < 0) {
        return false;
      }
      at += count;
    }
    return true;
  }

  /** Bytes that were cut off when the journal was opened. */
  long cut() {
    return cut;
  }

  /** How many frames there are. */
  long sequence() {
    return sequence;
  }

  /** Where the payload of the next frame will stand. */
  long nextPosition() {
    return end + FRAME_HEAD;
  }

  /**
   * Appends a frame. When this returns it is kept.
   *
   * @throws IOException if that failed; from then on nothing is appended, since nobody knows what
   *     the disk has: the store must be opened again
   */
  void append(byte[] payload) throws IOException {
    Objects.checkIndex(payload.length, MAX_PAYLOAD_BYTES + 1);
    if (failed) {
      throw new StoreException(path + " could not be written before; start the index again");
    }
    ByteBuffer frame =
        ByteBuffer.allocate(FRAME_HEAD + payload.length)
            .putInt(MAGIC)
            .putLong(sequence + 1)
            .putInt(payload.length)
            .putInt(crc(sequence + 1, payload))
            .put(payload)
            .flip();
    failed = true;
    long at = end;
    while (frame.hasRemaining()) {
      at += file.write(frame, at);
    }
    file.force(true);
    failed = false;
    sequence++;
    end = at;
  }

  /** Bytes of a payload. */
  byte[] read(long position, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    if (!fill(bytes, position)) {
      throw new StoreException(path + " ends too early");
    }
    return bytes.array();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
