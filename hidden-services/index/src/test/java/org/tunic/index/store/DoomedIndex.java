package org.tunic.index.store;

import java.nio.file.Path;
import java.util.List;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.index.Torrents;
import org.tunic.index.store.IndexStore.Limits;
import org.tunic.index.store.LogLine.Action;

/**
 * Takes in torrents, accounts and lines of the log until somebody ends it. Says a number on its
 * output when what belongs to it is acknowledged.
 */
final class DoomedIndex {
  private DoomedIndex() {}

  static String name(int number) {
    return "torrent " + number;
  }

  public static void main(String[] args) throws Exception {
    IndexStore store = IndexStore.open(Path.of(args[0]), Limits.DEFAULT);
    for (int i = Math.max(0, store.size() - 1); true; i++) {
      store.add(List.of(Torrents.entry(name(i), Category.OTHER, i)));
      store.make(new Account("a" + i, Role.USER, Bytes.EMPTY, Bytes.EMPTY, i));
      store.log(
          LogLine.about(Torrents.metainfo(name(i)).id(), i, "mod", Action.HIDE, "reason " + i));
      System.out.println("did " + i);
    }
  }
}
