package org.tunic.daemon.wiring;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tunic.crypto.random.LoopRandom;
import org.tunic.daemon.config.ConfigException;
import org.tunic.daemon.tracker.TrackerOptions;
import org.tunic.daemon.tracker.TrackerOptions.SharedStore;
import org.tunic.tracker.TrackerSettings;
import org.tunic.tracker.redis.RedisLink;
import org.tunic.tracker.redis.RedisStore;
import org.tunic.tracker.swarm.PeerStore;
import org.tunic.tracker.swarm.SnapshotException;
import org.tunic.tracker.swarm.SnapshotFile;
import org.tunic.tracker.swarm.SwarmStore;

/**
 * Where the swarms of a tracker are: in memory and in a file, or in memory and in a Redis that
 * others share.
 *
 * <p>Threads: main thread; {@link #save} on the workers.
 *
 * @param memory what is known here
 * @param file its snapshot; empty with a shared store
 * @param shared the shared store; empty with a snapshot
 */
record Stores(SwarmStore memory, Optional<SnapshotFile> file, Optional<RedisStore> shared) {
  private static final Logger LOG = LoggerFactory.getLogger(Stores.class);

  /**
   * Opens them.
   *
   * @param snapshot file of the swarms
   * @throws ConfigException with one line for the user
   */
  static Stores open(TrackerOptions options, TrackerSettings settings, Engine engine, Path snapshot)
      throws ConfigException {
    Supplier<RandomGenerator> generators = () -> new LoopRandom(engine.random());
    if (options.store().isPresent()) {
      return shared(options.store().get(), settings, engine, generators);
    }
    SwarmStore memory =
        new SwarmStore(SwarmStore.Limits.DEFAULT, engine.clock(), engine.random(), generators);
    SnapshotFile file = new SnapshotFile(snapshot);
    load(memory, file);
    return new Stores(memory, Optional.of(file), Optional.empty());
  }

  private static Stores shared(
      SharedStore options,
      TrackerSettings settings,
      Engine engine,
      Supplier<RandomGenerator> generators)
      throws ConfigException {
    try {
      RedisLink link =
          RedisLink.open(
              options.address(),
              new RedisLink.Access(
                  options.allowRemote(),
                  options.passwordFile().isPresent()
                      ? Optional.of(firstLine(options.passwordFile().get()))
                      : Optional.empty(),
                  options.certificates()));
      try {
        byte[] key = link.sharedKey(engine.random());
        SwarmStore memory =
            new SwarmStore(SwarmStore.Limits.DEFAULT, engine.clock(), key, generators);
        return new Stores(
            memory,
            Optional.empty(),
            Optional.of(
                new RedisStore(
                    memory, link, key, settings.peerTtl(), engine.clock(), engine.nanoClock())));
      } catch (IOException e) {
        link.close();
        throw e;
      }
    } catch (IOException e) {
      throw new ConfigException("--store: " + e.getMessage());
    }
  }

  private static String firstLine(Path file) throws IOException {
    try (Stream<String> lines = Files.lines(file, StandardCharsets.UTF_8)) {
      return lines.findFirst().orElseThrow(() -> new IOException(file + " holds no password"));
    }
  }

  private static void load(SwarmStore store, SnapshotFile file) throws ConfigException {
    try {
      if (file.read(store)) {
        LOG.info("Tracker: read the swarms of before.");
      }
    } catch (SnapshotException e) {
      if (!e.isDamaged()) {
        throw new ConfigException(e.getMessage() + "; use that program, or move the file away");
      }
      try {
        LOG.warn("{}; it is now {} and swarms begin empty", e.getMessage(), file.setAside());
      } catch (IOException again) {
        throw new ConfigException(e.getMessage() + ", and it cannot be moved away");
      }
    } catch (IOException e) {
      throw new ConfigException("the snapshot of the swarms cannot be read: " + e.getMessage());
    }
  }

  /** Where announces go. */
  PeerStore used() {
    return shared.isPresent() ? shared.get() : memory;
  }

  /** Writes the snapshot, if there is one. Never two at a time. */
  void save() {
    try {
      if (file.isPresent()) {
        file.get().write(memory);
      }
    } catch (IOException e) {
      LOG.warn("The swarms cannot be written: {}", e.getMessage());
    }
  }

  /** Closes the connection of a shared store. */
  void close() {
    shared.ifPresent(RedisStore::close);
  }
}
