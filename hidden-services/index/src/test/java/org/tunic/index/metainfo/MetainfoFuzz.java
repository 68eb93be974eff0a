package org.tunic.index.metainfo;

import java.util.List;
import org.tunic.testing.ParserFuzz;

/** What is taken as a torrent is handed out so that it is the same torrent. */
class MetainfoFuzz extends ParserFuzz {
  MetainfoFuzz() {
    super(MetainfoException.class);
  }

  @Override
  protected void parse(byte[] input) throws Exception {
    Metainfo torrent = MetainfoParser.parse(input);
    byte[] out =
        TorrentFile.of(List.of("http://x.onion/announce"), torrent.info(), torrent.layers());
    if (!MetainfoParser.parse(out).equals(torrent)) {
      throw new AssertionError("handed out another torrent");
    }
  }
}
