package org.tunic.router.cell;

import java.util.ArrayList;
import java.util.List;
import org.tunic.crypto.bytes.ByteReader;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.bytes.MalformedException;

/**
 * VERSIONS: the link protocols one side speaks. {@code version:u16…}
 *
 * <p>The first cell in each direction, always with a circuit id of two bytes.
 *
 * <p>Spec: tor-spec/negotiating-channels#VERSIONS-cells
 *
 * <p>Threads: immutable.
 *
 * @param versions in the order of the cell
 */
public record Versions(List<Integer> versions) implements ChannelMessage {
  /** Copies the list. */
  public Versions {
    versions = List.copyOf(versions);
  }

  static Versions decode(ByteReader in) throws MalformedException {
    List<Integer> versions = new ArrayList<>(in.remaining() / 2);
    while (in.remaining() > 0) {
      versions.add(in.u16());
    }
    return new Versions(versions);
  }

  /** The highest version in both lists, or 0 if there is none. */
  public int highestCommon(Versions other) {
    return versions.stream().filter(other.versions::contains).mapToInt(v -> v).max().orElse(0);
  }

  @Override
  public CellCommand command() {
    return CellCommand.VERSIONS;
  }

  @Override
  public void encode(ByteWriter out) {
    versions.forEach(out::u16);
  }
}
