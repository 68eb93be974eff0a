package org.tunic.tracker.swarm;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import org.tunic.testing.ManualClock;
import org.tunic.testing.ParserFuzz;
import org.tunic.tracker.swarm.SwarmStore.Limits;

/** A snapshot of the swarms. */
class SnapshotFileFuzz extends ParserFuzz {
  SnapshotFileFuzz() {
    super(IOException.class);
  }

  @Override
  protected void parse(byte[] input) throws Exception {
    SwarmStore store = Swarms.store(Limits.DEFAULT, ManualClock.at("2026-01-02T03:04:05Z"), 1);
    SnapshotFile.read(store, new ByteArrayInputStream(input));
  }
}
