package org.tunic.daemon.interop;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import org.tunic.crypto.digest.Sha;
import org.tunic.tracker.bencode.BencodeWriter;

/**
 * A torrent of one file. Its name, the info hash, is the same whatever tracker it names.
 *
 * <p>Spec: BEP 3. Threads: any, if nobody writes on the content.
 */
final class TorrentFile {
  private static final int PIECE_BYTES = 32 * 1024;
  private static final int DIGEST_BYTES = 20;

  private final String name;
  private final byte[] content;
  private final byte[] info;

  TorrentFile(String name, byte[] content) {
    this.name = name;
    this.content = content;
    int count = (content.length + PIECE_BYTES - 1) / PIECE_BYTES;
    byte[] pieces = new byte[count * DIGEST_BYTES];
    for (int i = 0; i < count; i++) {
      int end = Math.min(content.length, (i + 1) * PIECE_BYTES);
      byte[] digest = Sha.sha1(Arrays.copyOfRange(content, i * PIECE_BYTES, end));
      System.arraycopy(digest, 0, pieces, i * DIGEST_BYTES, DIGEST_BYTES);
    }
    this.info =
        new BencodeWriter(1024)
            .dictionary()
            .text("length")
            .integer(content.length)
            .text("name")
            .text(name)
            .text("piece length")
            .integer(PIECE_BYTES)
            .text("pieces")
            .text(pieces)
            .end()
            .toArray();
  }

  byte[] infoHash() {
    return Sha.sha1(info);
  }

  String hex() {
    return HexFormat.of().formatHex(infoHash());
  }

  /** As it stands in a query. */
  String escaped() {
    return hex().replaceAll("..", "%$0");
  }

  byte[] content() {
    return content;
  }

  /** Writes it into a folder, with a tracker's URL. */
  Path write(Path folder, String announce) throws IOException {
    Path file = folder.resolve(name + ".torrent");
    byte[] head =
        new BencodeWriter(256).dictionary().text("announce").text(announce).text("info").toArray();
    byte[] all = Arrays.copyOf(head, head.length + info.length + 1);
    System.arraycopy(info, 0, all, head.length, info.length);
    all[all.length - 1] = 'e';
    return Files.write(file, all);
  }

  /** Writes the content where one who shares it looks for it. */
  void writeContent(Path folder) throws IOException {
    Files.createDirectories(folder);
    Files.write(folder.resolve(name), content);
  }

  /** What has been fetched to a folder. */
  String fetched(Path folder) throws IOException {
    return Files.readString(folder.resolve(name), ISO_8859_1);
  }

  String contentText() {
    return new String(content, ISO_8859_1);
  }
}
