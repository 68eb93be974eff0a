package org.tunic.daemon.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.digest.Sha;
import org.tunic.tracker.bencode.BencodeWriter;

/**
 * A torrent of one file of random bytes.
 *
 * <p>Spec: BEP 3. Threads: immutable.
 */
final class DemoTorrent {
  /** Bytes of a piece. */
  static final int PIECE_BYTES = 64 * 1024;

  /** The name of its file. */
  static final String NAME = "swarm.bin";

  private static final int DIGEST_BYTES = 20;

  private final byte[] content;
  private final byte[] info;

  /**
   * @param pieces how many
   */
  DemoTorrent(int pieces, RandomGenerator random) {
    this.content = new byte[pieces * PIECE_BYTES];
    random.nextBytes(content);
    byte[] digests = new byte[pieces * DIGEST_BYTES];
    for (int i = 0; i < pieces; i++) {
      System.arraycopy(digest(content, i), 0, digests, i * DIGEST_BYTES, DIGEST_BYTES);
    }
    this.info =
        new BencodeWriter(256 + digests.length)
            .dictionary()
            .text("length")
            .integer(content.length)
            .text("name")
            .text(NAME)
            .text("piece length")
            .integer(PIECE_BYTES)
            .text("pieces")
            .text(digests)
            .end()
            .toArray();
  }

  private static byte[] digest(byte[] all, int piece) {
    return Sha.sha1(Arrays.copyOfRange(all, piece * PIECE_BYTES, (piece + 1) * PIECE_BYTES));
  }

  int pieces() {
    return content.length / PIECE_BYTES;
  }

  int length() {
    return content.length;
  }

  Bytes infoHash() {
    return Bytes.copyOf(Sha.sha1(info));
  }

  /** As it stands in a query. */
  String escapedHash() {
    return infoHash().hex().replaceAll("..", "%$0");
  }

  /** A part of the file. */
  Bytes part(int offset, int length) {
    return Bytes.copyOf(content, offset, length);
  }

  boolean isContent(byte[] bytes) {
    return Arrays.equals(content, bytes);
  }

  void writeContent(Path folder) throws IOException {
    Files.write(folder.resolve(NAME), content);
  }

  /** Writes the torrent, with the URL of a tracker. */
  Path write(Path folder, String announce) throws IOException {
    byte[] head =
        new BencodeWriter(256).dictionary().text("announce").text(announce).text("info").toArray();
    byte[] all = Arrays.copyOf(head, head.length + info.length + 1);
    System.arraycopy(info, 0, all, head.length, info.length);
    all[all.length - 1] = 'e';
    return Files.write(folder.resolve("demo.torrent"), all);
  }
}
