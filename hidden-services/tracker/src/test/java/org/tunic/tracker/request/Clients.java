package org.tunic.tracker.request;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** What real clients send, as recorded: the files that fuzzing begins with. */
public final class Clients {
  private Clients() {}

  /** The query of an announce of aria2, transmission, qbittorrent, rtorrent or webtorrent. */
  public static String query(String client) {
    try (InputStream in =
        Objects.requireNonNull(
            Clients.class.getResourceAsStream("AnnounceRequestFuzzInputs/fuzz/client-" + client))) {
      return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
