package org.tunic.router.circuit;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.tunic.crypto.identity.RelayIds;
import org.tunic.directory.fetch.DirServer;
import org.tunic.router.cell.DestroyReason;
import org.tunic.router.channel.ExtendTarget;
import org.tunic.router.stream.DataStream;

/**
 * Opens directory streams: one hop, CREATE_FAST, BEGIN_DIR. One circuit to each server is kept and
 * used again, so that a bootstrap does not shake hands for every document.
 *
 * <p>Spec: tor-spec/opening-streams#begin_dir. Threads: any, guarded by {@code this}.
 */
public final class DirectoryCircuits {
  /** Circuits kept; beyond it the one opened first is closed. */
  static final int MAX_KEPT = 32;

  private final OriginCircuits circuits;
  private final Duration timeout;

  /** By server, oldest first. */
  private final Map<RelayIds, CompletableFuture<OriginCircuit>> kept = new LinkedHashMap<>();

  /**
   * @param timeout for building one circuit
   */
  public DirectoryCircuits(OriginCircuits circuits, Duration timeout) {
    this.circuits = circuits;
    this.timeout = timeout;
  }

  /**
   * Opens a directory stream to a server. Threads: any.
   *
   * @return the stream, BEGIN_DIR sent, reading off; fails with {@link CircuitFailedException}
   */
  public CompletableFuture<DataStream> open(DirServer server) {
    return circuit(server).thenCompose(OriginCircuit::beginDir);
  }

  private synchronized CompletableFuture<OriginCircuit> circuit(DirServer server) {
    CompletableFuture<OriginCircuit> known = kept.get(server.ids());
    if (known != null && usable(known)) {
      return known;
    }
    kept.remove(server.ids());
    if (kept.size() >= MAX_KEPT) {
      var oldest = kept.entrySet().iterator().next();
      kept.remove(oldest.getKey());
      oldest.getValue().thenAccept(circuit -> circuit.close(DestroyReason.FINISHED));
    }
    CompletableFuture<OriginCircuit> fresh =
        circuits.buildOneHop(new ExtendTarget(server.ids(), server.orPorts()), timeout);
    kept.put(server.ids(), fresh);
    return fresh;
  }

  private static boolean usable(CompletableFuture<OriginCircuit> circuit) {
    return !circuit.isDone() || (!circuit.isCompletedExceptionally() && circuit.join().isOpen());
  }

  /** Closes every kept circuit. */
  public synchronized void close() {
    for (CompletableFuture<OriginCircuit> circuit : kept.values()) {
      circuit.thenAccept(open -> open.close(DestroyReason.FINISHED));
    }
    kept.clear();
  }
}
