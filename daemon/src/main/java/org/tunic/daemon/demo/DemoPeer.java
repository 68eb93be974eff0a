package org.tunic.daemon.demo;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.tracker.bencode.Bencode;
import org.tunic.tracker.bencode.BencodeException;
import org.tunic.tracker.bencode.BencodeValue.Dict;
import org.tunic.tracker.bencode.BencodeValue.Text;

/**
 * The least that counts as a BitTorrent client, for where no other is installed: shares a torrent
 * with whoever asks, or fetches it from one peer, piece by piece. It knows nothing of onions.
 *
 * <p>Spec: BEP 3, BEP 23. Threads: the caller's, which it blocks; a sharing peer has one for each
 * connection.
 */
final class DemoPeer {
  private static final int TIMEOUT_MILLIS = 60_000;
  private static final int HANDSHAKE_BYTES = 68;
  private static final int HASH_OFFSET = 28;
  private static final int BLOCK_BYTES = 16 * 1024;
  private static final int MAX_MESSAGE = 1 << 20;
  private static final int UNCHOKE = 1;
  private static final int INTERESTED = 2;
  private static final int BIT_FIELD = 5;
  private static final int REQUEST = 6;
  private static final int PIECE = 7;
  private static final int COMPACT_BYTES = 6;

  private final DemoTorrent torrent;
  private final String id;

  /**
   * @param letter tells peers apart
   */
  DemoPeer(DemoTorrent torrent, char letter) {
    this.torrent = torrent;
    this.id = "-TD0001-" + String.valueOf(letter).repeat(12);
  }

  // ---- the tracker

  /**
   * Announces itself by a plain HTTP request.
   *
   * @param url of the tracker
   * @param port where it listens
   * @return the peers that it is told
   * @throws IOException if there is no answer, or a failure
   */
  List<InetSocketAddress> announce(String url, int port, boolean complete) throws IOException {
    URI uri = URI.create(url);
    try (Socket socket = new Socket()) {
      socket.setSoTimeout(2 * TIMEOUT_MILLIS);
      socket.connect(new InetSocketAddress(loopback(), uri.getPort()), TIMEOUT_MILLIS);
      String request =
          "GET "
              + uri.getRawPath()
              + "?info_hash="
              + torrent.escapedHash()
              + "&peer_id="
              + id
              + "&port="
              + port
              + "&uploaded=0&downloaded=0&left="
              + (complete ? 0 : torrent.length())
              + "&compact=1&event=started HTTP/1.0\r\nHost: "
              + uri.getRawAuthority()
              + "\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      byte[] all = socket.getInputStream().readNBytes(MAX_MESSAGE);
      String text = new String(all, StandardCharsets.ISO_8859_1);
      int body = text.indexOf("\r\n\r\n");
      if (body < 0 || !text.startsWith("HTTP/1.1 200 ")) {
        throw new IOException("the gateway's tracker port gave no answer");
      }
      return peers(Arrays.copyOfRange(all, body + 4, all.length));
    }
  }

  private static List<InetSocketAddress> peers(byte[] answer) throws IOException {
    try {
      if (Bencode.read(answer, Bencode.Limits.SMALL) instanceof Dict dict
          && dict.get("peers").orElse(null) instanceof Text list) {
        List<InetSocketAddress> peers = new ArrayList<>();
        for (int at = 0; at + COMPACT_BYTES <= list.value().length(); at += COMPACT_BYTES) {
          Bytes entry = list.value().slice(at, COMPACT_BYTES);
          peers.add(
              new InetSocketAddress(
                  InetAddress.getByAddress(entry.slice(0, 4).toArray()),
                  entry.at(4) << 8 | entry.at(5)));
        }
        return peers;
      }
    } catch (BencodeException e) {
      throw new IOException("the gateway's answer is none");
    }
    throw new IOException("the tracker did not answer the gateway");
  }

  // ---- sharing

  /** A peer that shares until it is closed. */
  ServerSocket share() throws IOException {
    ServerSocket server = new ServerSocket();
    server.bind(new InetSocketAddress(loopback(), 0));
    Thread.ofVirtual()
        .name("demo peer")
        .start(
            () -> {
              while (!server.isClosed()) {
                try {
                  Socket peer = server.accept();
                  Thread.ofVirtual().name("demo peer").start(() -> serve(peer));
                } catch (IOException e) {
                  return; // closed
                }
              }
            });
    return server;
  }

  private void serve(Socket peer) {
    try (peer) {
      DataInputStream in = new DataInputStream(peer.getInputStream());
      DataOutputStream out = new DataOutputStream(peer.getOutputStream());
      greet(in, out);
      byte[] all = new byte[(torrent.pieces() + 7) / 8];
      for (int i = 0; i < torrent.pieces(); i++) {
        all[i / 8] |= (byte) (0x80 >> i % 8);
      }
      say(out, BIT_FIELD, all);
      say(out, UNCHOKE, new byte[0]);
      while (true) {
        Optional<Message> message = hear(in);
        if (message.isPresent() && message.get().id == REQUEST) {
          Bytes body = message.get().body;
          int offset = number(body, 0) * DemoTorrent.PIECE_BYTES + number(body, 4);
          Bytes block = torrent.part(offset, number(body, 8));
          say(out, PIECE, Bytes.concat(body.slice(0, 8), block).toArray());
        }
      }
    } catch (IOException | RuntimeException e) {
      // It has gone, or asks for what is not there: either way we are through with it.
    }
  }

  // ---- fetching

  /**
   * Fetches everything from one peer.
   *
   * @return the bytes as they came
   */
  byte[] fetch(InetSocketAddress from) throws IOException {
    try (Socket peer = new Socket()) {
      peer.setSoTimeout(TIMEOUT_MILLIS);
      peer.connect(from, TIMEOUT_MILLIS);
      DataInputStream in = new DataInputStream(peer.getInputStream());
      DataOutputStream out = new DataOutputStream(peer.getOutputStream());
      greet(in, out);
      say(out, INTERESTED, new byte[0]);
      await(in, UNCHOKE);
      byte[] all = new byte[torrent.length()];
      for (int at = 0; at < all.length; at += DemoTorrent.PIECE_BYTES) {
        fetchPiece(in, out, all, at);
      }
      return all;
    }
  }

  /** Asks for all blocks of a piece, and takes them as they come. */
  private static void fetchPiece(DataInputStream in, DataOutputStream out, byte[] all, int at)
      throws IOException {
    int piece = at / DemoTorrent.PIECE_BYTES;
    for (int begin = 0; begin < DemoTorrent.PIECE_BYTES; begin += BLOCK_BYTES) {
      out.writeInt(1 + 3 * Integer.BYTES);
      out.writeByte(REQUEST);
      out.writeInt(piece);
      out.writeInt(begin);
      out.writeInt(BLOCK_BYTES);
    }
    out.flush();
    for (int begin = 0; begin < DemoTorrent.PIECE_BYTES; begin += BLOCK_BYTES) {
      Bytes body = await(in, PIECE);
      Bytes block = body.slice(8, body.length() - 8);
      block.copyTo(all, at + number(body, 4));
    }
  }

  private static Bytes await(DataInputStream in, int id) throws IOException {
    while (true) {
      Optional<Message> message = hear(in);
      if (message.isPresent() && message.get().id == id) {
        return message.get().body;
      }
    }
  }

  // ---- words

  private record Message(int id, Bytes body) {}

  private void greet(DataInputStream in, DataOutputStream out) throws IOException {
    out.write("\u0013BitTorrent protocol\0\0\0\0\0\0\0\0".getBytes(StandardCharsets.ISO_8859_1));
    out.write(torrent.infoHash().toArray());
    out.write(id.getBytes(StandardCharsets.US_ASCII));
    out.flush();
    Bytes theirs = Bytes.copyOf(in.readNBytes(HANDSHAKE_BYTES));
    if (theirs.length() < HANDSHAKE_BYTES
        || !theirs.slice(HASH_OFFSET, 20).equals(torrent.infoHash())) {
      throw new IOException("a peer that says no handshake");
    }
  }

  private static void say(DataOutputStream out, int id, byte[] body) throws IOException {
    out.writeInt(1 + body.length);
    out.writeByte(id);
    out.write(body);
    out.flush();
  }

  /** Empty for one that only keeps the connection. */
  private static Optional<Message> hear(DataInputStream in) throws IOException {
    int length = in.readInt();
    if (length == 0) {
      return Optional.empty();
    }
    if (length < 0 || length > MAX_MESSAGE) {
      throw new IOException("a message of more than a megabyte");
    }
    int id = in.readUnsignedByte();
    byte[] body = new byte[length - 1];
    in.readFully(body);
    return Optional.of(new Message(id, Bytes.copyOf(body)));
  }

  private static int number(Bytes bytes, int at) {
    return bytes.at(at) << 24 | bytes.at(at + 1) << 16 | bytes.at(at + 2) << 8 | bytes.at(at + 3);
  }

  static InetAddress loopback() throws IOException {
    return InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
  }
}
