package org.tunic.ledger.consensus;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.ledger.primitive.OutPoint;
import org.tunic.ledger.primitive.WireReader;
import org.tunic.ledger.primitive.WireWriter;

/**
 * What takes a block back: the coins to remove and those to put back.
 *
 * <p>It is whole without the block, so that a block whose bytes were lost in a crash can still be
 * taken back.
 *
 * <p>Layout: number of created coins, each an outpoint; number of spent coins, each an outpoint and
 * a coin.
 *
 * <p>Threads: immutable.
 */
public record BlockUndo(List<OutPoint> created, Map<OutPoint, Coin> spent) {

  /** That of {@code change}. */
  public static BlockUndo of(BlockChange change) {
    return new BlockUndo(List.copyOf(change.created().keySet()), change.spent());
  }

  /** The bytes on disk. */
  public byte[] toArray() {
    WireWriter out = new WireWriter(16 + OutPoint.LENGTH * created.size() + 100 * spent.size());
    points(out, created);
    out.compactSize(spent.size());
    spent.forEach(
        (point, coin) -> {
          point.encode(out);
          coin.encode(out);
        });
    return out.toArray();
  }

  private static void points(WireWriter out, Collection<OutPoint> points) {
    out.compactSize(points.size());
    points.forEach(point -> point.encode(out));
  }

  /** Reads what {@link #toArray} made. */
  public static BlockUndo ofArray(byte[] bytes) throws MalformedException {
    WireReader in = new WireReader(bytes);
    int count = in.count(OutPoint.LENGTH);
    List<OutPoint> created = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      created.add(OutPoint.decode(in));
    }
    Map<OutPoint, Coin> spent = new LinkedHashMap<>();
    for (int left = in.count(OutPoint.LENGTH + 3); left > 0; left--) {
      spent.put(OutPoint.decode(in), Coin.decode(in));
    }
    in.expectEnd();
    return new BlockUndo(created, spent);
  }
}
