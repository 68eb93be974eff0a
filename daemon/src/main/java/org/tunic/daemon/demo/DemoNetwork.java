package org.tunic.daemon.demo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.tunic.directory.store.AtomicFiles;

/**
 * The nodes of the demo on disk: directories, keys, torrcs. A second start finds what the first one
 * left and keeps it.
 *
 * <p>Threads: one thread; keys are made on several.
 */
final class DemoNetwork {
  static final int AUTHORITIES = 3;

  private final List<DemoNode> nodes = new ArrayList<>();

  /**
   * @param directory where the nodes' directories stand, or will
   */
  DemoNetwork(DemoOptions options, Path directory) {
    for (int i = 0; i < AUTHORITIES; i++) {
      add(options, directory, "auth" + i, DemoNode.Role.AUTHORITY);
    }
    for (int i = 0; i < options.relays(); i++) {
      boolean exit = i < options.exits();
      add(options, directory, "relay" + i, exit ? DemoNode.Role.EXIT : DemoNode.Role.MIDDLE);
    }
    add(options, directory, "host", DemoNode.Role.HOST);
    add(options, directory, "client", DemoNode.Role.CLIENT);
  }

  private void add(DemoOptions options, Path directory, String name, DemoNode.Role role) {
    int port = options.basePort() + 10 * nodes.size();
    nodes.add(new DemoNode(name, role, port, directory.resolve(name)));
  }

  List<DemoNode> nodes() {
    return List.copyOf(nodes);
  }

  DemoNode client() {
    return nodes.getLast();
  }

  DemoNode host() {
    return nodes.get(nodes.size() - 2);
  }

  /** A port above those of the nodes, for the web server. */
  int webPort(DemoOptions options) {
    return options.basePort() + 10 * nodes.size();
  }

  /**
   * Makes the keys that are missing.
   *
   * @return the arguments of the {@code DirAuthority} lines
   * @throws DemoFailure when the directory cannot be used
   */
  List<String> makeKeys(DemoKeys keys) throws DemoFailure {
    try (ExecutorService pool =
        Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors())) {
      List<Future<String>> lines = new ArrayList<>();
      List<Future<String>> others = new ArrayList<>();
      for (DemoNode node : nodes) {
        (node.role() == DemoNode.Role.AUTHORITY ? lines : others)
            .add(pool.submit(() -> keys.prepare(node)));
      }
      List<String> authorityLines = new ArrayList<>();
      for (Future<String> line : lines) {
        authorityLines.add(line.get());
      }
      for (Future<String> other : others) {
        other.get();
      }
      return authorityLines;
    } catch (ExecutionException e) {
      throw new DemoFailure(
          "cannot make keys: " + Objects.requireNonNull(e.getCause()).getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DemoFailure("interrupted");
    }
  }

  /**
   * Writes a node's torrc.
   *
   * @param votingOffset seconds after midnight at which voting intervals start
   * @param webPort port of the web server, for the onion service
   */
  void writeTorrc(DemoNode node, List<String> authorityLines, int votingOffset, int webPort)
      throws DemoFailure {
    try {
      AtomicFiles.write(
          node.torrc(),
          DemoTorrc.of(node, authorityLines, votingOffset, webPort)
              .getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new DemoFailure("cannot write " + node.torrc() + ": " + e.getMessage());
    }
  }

  /** Removes everything below a directory that the demo made for itself. */
  static void remove(Path directory) throws IOException {
    List<Path> all;
    try (var walk = Files.walk(directory)) {
      all = walk.sorted(java.util.Comparator.reverseOrder()).toList();
    }
    for (Path path : all) {
      Files.deleteIfExists(path);
    }
  }
}
