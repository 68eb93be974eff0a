package org.tunic.daemon.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tunic.testing.SeededRandom;
import org.tunic.tracker.bencode.Bencode;
import org.tunic.tracker.bencode.BencodeValue.Dict;

/** The built-in client of the demo, without anything between. */
final class DemoPeerIT {
  private static final int PIECES = 5;

  @TempDir Path dir;

  private static InetSocketAddress address(ServerSocket socket) throws IOException {
    return new InetSocketAddress(DemoPeer.loopback(), socket.getLocalPort());
  }

  @Test
  void fetch_fromOneWhoShares_bringsTheBytes() throws IOException {
    DemoTorrent torrent = new DemoTorrent(PIECES, new SeededRandom(1));
    try (ServerSocket shared = new DemoPeer(torrent, 'a').share()) {
      assertTrue(torrent.isContent(new DemoPeer(torrent, 'b').fetch(address(shared))));
      assertTrue(torrent.isContent(new DemoPeer(torrent, 'c').fetch(address(shared))));
    }
  }

  @Test
  void fetch_fromOneWithAnotherTorrent_fails() throws IOException {
    DemoTorrent torrent = new DemoTorrent(PIECES, new SeededRandom(1));
    DemoTorrent other = new DemoTorrent(PIECES, new SeededRandom(2));
    try (ServerSocket shared = new DemoPeer(other, 'a').share()) {
      DemoPeer peer = new DemoPeer(torrent, 'b');
      assertThrows(IOException.class, () -> peer.fetch(address(shared)));
    }
  }

  @Test
  void torrent_isCanonical_andNamesItsTracker() throws Exception {
    DemoTorrent torrent = new DemoTorrent(PIECES, new SeededRandom(1));
    byte[] written = Files.readAllBytes(torrent.write(dir, "http://127.0.0.1:1/announce"));
    Dict read = (Dict) Bencode.read(written, Bencode.Limits.SMALL);
    assertTrue(read.get("announce").isPresent());
    assertEquals(PIECES * DemoTorrent.PIECE_BYTES, torrent.length());
    assertEquals(60, torrent.escapedHash().length());
    assertFalse(torrent.isContent(new byte[torrent.length()]));
  }
}
