package org.tunic.tracker.swarm;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;
import org.tunic.directory.store.AtomicFiles;

/**
 * The swarms on disk, so that they are back when the tracker was killed:
 *
 * <pre>
 * "TunicSwarms\0" 12 | version u16 = 1 | key of the hashes 16
 * each swarm: 1 u8 | info hash 20 | downloaded u64
 *             each group: group u8 | peers u32 | entries ({@link PeerGroup})
 *             255 u8
 * 0 u8 | CRC-32C of all before u32
 * </pre>
 *
 * <p>A new snapshot takes the place of the old one at once, so that there is always one that is
 * whole. It holds addresses of peers: mode 0600. A peer that announced itself after the last
 * snapshot comes back with its next announce.
 *
 * <p>Threads: one at a time; the store may be in use meanwhile, each shard is written as it is at
 * one moment.
 */
public final class SnapshotFile {
  private static final byte[] MAGIC = "TunicSwarms\0".getBytes(StandardCharsets.US_ASCII);
  private static final int VERSION = 1;
  private static final int SWARM = 1;
  private static final int END = 0;
  private static final int END_OF_GROUPS = 255;

  /** Peers of one group: as many of the longest entries as an array holds. */
  private static final int MAX_GROUP = 34_000_000;

  private final Path file;

  /**
   * @param file in a directory of our own
   */
  public SnapshotFile(Path file) {
    this.file = file;
  }

  // ---- writing

  /**
   * Writes the swarms.
   *
   * @throws IOException if that failed; the old snapshot is as it was
   */
  public void write(SwarmStore store) throws IOException {
    Path temporary = file.resolveSibling(file.getFileName() + AtomicFiles.TEMPORARY);
    Files.deleteIfExists(temporary);
    try {
      try (FileChannel channel =
          FileChannel.open(
              temporary,
              Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
        write(store, Channels.newOutputStream(channel));
        channel.force(true);
      }
      AtomicFiles.move(temporary, file);
    } catch (IOException e) {
      Files.deleteIfExists(temporary);
      throw e;
    }
  }

  static void write(SwarmStore store, OutputStream target) throws IOException {
    CheckedOutputStream checked =
        new CheckedOutputStream(new BufferedOutputStream(target, 1 << 16), new CRC32C());
    DataOutputStream out = new DataOutputStream(checked);
    out.write(MAGIC);
    out.writeShort(VERSION);
    out.writeLong(store.hash().k0());
    out.writeLong(store.hash().k1());
    for (int shard = 0; shard < SwarmStore.SHARDS; shard++) {
      // Into memory first: announces must not wait for the disk.
      ByteArrayOutputStream swarms = new ByteArrayOutputStream();
      store.visit(shard, (torrent, swarm) -> write(torrent, swarm, swarms));
      swarms.writeTo(out);
    }
    out.writeByte(END);
    out.writeInt((int) checked.getChecksum().getValue());
    out.flush();
  }

  private static void write(InfoHash torrent, Swarm swarm, ByteArrayOutputStream out) {
    byte[] head = new byte[1 + InfoHash.LENGTH + 8];
    head[0] = SWARM;
    torrent.copyTo(head, 1);
    InfoHash.U64.set(head, 1 + InfoHash.LENGTH, swarm.downloaded());
    out.writeBytes(head);
    for (int number = 0; number < Swarm.GROUPS; number++) {
      PeerGroup group = swarm.group(number);
      if (group != null) {
        byte[] count = new byte[5];
        count[0] = (byte) number;
        InfoHash.U32.set(count, 1, group.count());
        out.writeBytes(count);
        out.write(group.slab(), 0, group.at(group.count()));
      }
    }
    out.write(END_OF_GROUPS);
  }

  // ---- reading

  /**
   * Fills an empty store.
   *
   * @return whether there was a snapshot
   * @throws SnapshotException if there is one that is damaged, or of a later version; nothing has
   *     been taken from it
   * @throws IOException if it cannot be read
   */
  public boolean read(SwarmStore store) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      read(store, in);
      return true;
    } catch (NoSuchFileException e) {
      return false;
    } catch (EOFException e) {
      throw new SnapshotException(file + " ends too early", true);
    }
  }

  /** Puts a snapshot that cannot be used out of the way, under another name beside it. */
  public Path setAside() throws IOException {
    Path aside = file.resolveSibling(file.getFileName() + ".damaged");
    AtomicFiles.move(file, aside);
    return aside;
  }

  static void read(SwarmStore store, InputStream source) throws IOException {
    CheckedInputStream checked =
        new CheckedInputStream(new BufferedInputStream(source, 1 << 16), new CRC32C());
    DataInputStream in = new DataInputStream(checked);
    if (!Arrays.equals(in.readNBytes(MAGIC.length), MAGIC)) {
      throw new SnapshotException("the snapshot of the swarms is none", true);
    }
    int version = in.readUnsignedShort();
    if (version != VERSION) {
      throw new SnapshotException(
          "the snapshot of the swarms has version " + version + ", and this program reads 1",
          false);
    }
    SipHash hash = new SipHash(in.readLong(), in.readLong());
    Map<InfoHash, Swarm> swarms = new HashMap<>();
    byte[] name = new byte[InfoHash.LENGTH];
    for (int mark = in.readUnsignedByte(); mark != END; mark = in.readUnsignedByte()) {
      if (mark != SWARM) {
        throw new SnapshotException("the snapshot of the swarms is damaged", true);
      }
      in.readFully(name);
      Swarm swarm = new Swarm(hash);
      swarm.downloaded(in.readLong());
      readGroups(swarm, in);
      swarms.put(InfoHash.at(name, 0), swarm);
    }
    int sum = (int) checked.getChecksum().getValue();
    if (in.readInt() != sum || in.read() != -1) {
      throw new SnapshotException("the snapshot of the swarms is damaged", true);
    }
    store.restore(hash, swarms);
  }

  private static void readGroups(Swarm swarm, DataInputStream in) throws IOException {
    for (int number = in.readUnsignedByte();
        number != END_OF_GROUPS;
        number = in.readUnsignedByte()) {
      int count = in.readInt();
      if (number >= Swarm.GROUPS || count < 1 || count > MAX_GROUP) {
        throw new SnapshotException("the snapshot of the swarms is damaged", true);
      }
      int entryBytes = PeerGroup.entryBytes(Swarm.kind(number));
      // What is not there takes no memory: a damaged count must not cost any.
      byte[] entries = in.readNBytes(count * entryBytes);
      if (entries.length < count * entryBytes) {
        throw new EOFException();
      }
      swarm.restore(number, entries, count);
    }
  }
}
