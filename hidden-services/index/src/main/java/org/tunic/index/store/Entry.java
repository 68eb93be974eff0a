package org.tunic.index.store;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tunic.crypto.bytes.ByteReader;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.tracker.swarm.InfoHash;

/**
 * A torrent of the index.
 *
 * <p>Threads: immutable.
 *
 * @param v1 hash of the first version, 20 bytes
 * @param v2 hash of the second version, 32 bytes
 * @param name as the torrent says; hostile
 * @param length bytes of all files
 * @param files how many
 * @param pieceLength bytes
 * @param flags sum of {@link #PRIVATE} and {@link #SEVERAL_FILES}
 * @param category what it is
 * @param tags lower-case words
 * @param description plain text of the one who brought it; hostile
 * @param uploader account; empty for nobody
 * @param addedSeconds since 1970
 * @param torrent where its bytes stand
 */
public record Entry(
    Optional<Bytes> v1,
    Optional<Bytes> v2,
    String name,
    long length,
    int files,
    long pieceLength,
    int flags,
    Category category,
    List<String> tags,
    String description,
    String uploader,
    long addedSeconds,
    TorrentPlace torrent) {
  /** Clients are asked to find peers through trackers only. */
  public static final int PRIVATE = 1;

  /** A directory, not a file. */
  public static final int SEVERAL_FILES = 2;

  private static final int V1_BYTES = 20;
  private static final int V2_BYTES = 32;

  /** Copies the list. */
  public Entry {
    if (v1.isEmpty() && v2.isEmpty()) {
      throw new IllegalArgumentException("neither version");
    }
    tags = List.copyOf(tags);
  }

  /** What it is known by here and at trackers. */
  public InfoHash id() {
    return InfoHash.at(v1.or(() -> v2).orElseThrow().toArray(), 0);
  }

  /** Its other name at trackers, if it is of both versions. */
  public Optional<InfoHash> otherId() {
    return v1.isPresent() && v2.isPresent()
        ? Optional.of(InfoHash.at(v2.get().toArray(), 0))
        : Optional.empty();
  }

  /** Whether clients are asked to find peers through trackers only. */
  public boolean isPrivate() {
    return (flags & PRIVATE) != 0;
  }

  void encode(ByteWriter out) {
    out.u8(v1.isPresent() ? 1 : 0).bytes(v1.orElse(Bytes.EMPTY));
    out.u8(v2.isPresent() ? 1 : 0).bytes(v2.orElse(Bytes.EMPTY));
    text(out, name);
    out.u64(length).u32(files).u64(pieceLength).u8(flags).u16(category.number());
    out.u8(tags.size());
    tags.forEach(tag -> text(out, tag));
    text(out, description);
    text(out, uploader);
    out.u64(addedSeconds);
    out.u32(torrent.file())
        .u32(torrent.offset())
        .u32(torrent.infoBytes())
        .u32(torrent.layerBytes());
  }

  static Entry decode(ByteReader in) throws MalformedException {
    Optional<Bytes> v1 = in.u8() == 1 ? Optional.of(in.bytes(V1_BYTES)) : Optional.empty();
    Optional<Bytes> v2 = in.u8() == 1 ? Optional.of(in.bytes(V2_BYTES)) : Optional.empty();
    if (v1.isEmpty() && v2.isEmpty()) {
      throw new MalformedException("an entry without a hash");
    }
    String name = text(in);
    long length = in.u64();
    int files = (int) in.u32();
    long pieceLength = in.u64();
    int flags = in.u8();
    Category category = Category.of(in.u16()).orElse(Category.OTHER);
    List<String> tags = new ArrayList<>();
    for (int count = in.u8(); count > 0; count--) {
      tags.add(text(in));
    }
    return new Entry(
        v1,
        v2,
        name,
        length,
        files,
        pieceLength,
        flags,
        category,
        tags,
        text(in),
        text(in),
        in.u64(),
        new TorrentPlace((int) in.u32(), (int) in.u32(), (int) in.u32(), (int) in.u32()));
  }

  static void text(ByteWriter out, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.u16(bytes.length).bytes(bytes);
  }

  static String text(ByteReader in) throws MalformedException {
    return new String(in.array(in.u16()), StandardCharsets.UTF_8);
  }
}
