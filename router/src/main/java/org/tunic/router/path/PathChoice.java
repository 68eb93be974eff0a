package org.tunic.router.path;

import org.tunic.directory.view.BandwidthWeights.Position;

/** The outcome of choosing a path. Threads: immutable. */
public sealed interface PathChoice {
  /** A path that obeys every constraint. */
  record Chosen(Path path) implements PathChoice {}

  /**
   * No relay fits.
   *
   * @param position the position for which none was left
   */
  record Impossible(Position position) implements PathChoice {}
}
