package org.tunic.router.circuit.pool;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;
import org.tunic.router.cell.Begin;
import org.tunic.router.cell.DestroyReason;
import org.tunic.router.cell.EndReason;
import org.tunic.router.cell.Resolve;
import org.tunic.router.cell.Resolved;
import org.tunic.router.circuit.HopSpec;
import org.tunic.router.circuit.OriginCircuit;
import org.tunic.router.circuit.OriginCircuits;
import org.tunic.router.path.Path;
import org.tunic.router.stream.DataStream;
import org.tunic.router.stream.OutgoingResolve;

/**
 * Connects the pool to the circuits of this process.
 *
 * <p>Threads: any, because it has no state.
 */
public final class OriginCircuitBuilder implements CircuitBuilder<DataStream> {
  private final OriginCircuits circuits;
  private final LongSupplier heard;

  /**
   * @param heard cells that came over any channel so far
   */
  public OriginCircuitBuilder(OriginCircuits circuits, LongSupplier heard) {
    this.circuits = circuits;
    this.heard = heard;
  }

  @Override
  public long heard() {
    return heard.getAsLong();
  }

  @Override
  public CompletableFuture<BuiltCircuit<DataStream>> build(
      Path path, Duration timeout, IntConsumer hops) {
    return circuits
        .build(path.hops().stream().map(HopSpec::of).toList(), timeout, hops)
        .thenApply(Open::new);
  }

  private record Open(OriginCircuit circuit) implements BuiltCircuit<DataStream> {
    @Override
    public long id() {
      return circuit.id();
    }

    @Override
    public CompletableFuture<DestroyReason> closed() {
      return circuit.closed();
    }

    @Override
    public StreamAttempt<DataStream> begin(Begin begin) {
      return new Attempt(circuit.begin(begin));
    }

    @Override
    public StreamAttempt<Resolved> resolve(Resolve question) {
      return new Question(circuit.resolve(question));
    }

    @Override
    public void close() {
      circuit.close(DestroyReason.FINISHED);
    }
  }

  /** Follows a stream that may not even come into being. */
  private static final class Attempt implements StreamAttempt<DataStream> {
    private final CompletableFuture<DataStream> opened;
    private final CompletableFuture<DataStream> connected = new CompletableFuture<>();
    private final CompletableFuture<Void> closed = new CompletableFuture<>();

    Attempt(CompletableFuture<DataStream> opened) {
      this.opened = opened;
      opened.whenComplete(
          (stream, failure) -> {
            if (stream == null) {
              connected.completeExceptionally(failure);
              closed.complete(null);
            } else {
              follow(stream);
            }
          });
    }

    private void follow(DataStream stream) {
      stream
          .connected()
          .addListener(
              answer -> {
                if (answer.isSuccess()) {
                  connected.complete(stream);
                } else {
                  connected.completeExceptionally(answer.cause());
                }
              });
      stream.closeFuture().addListener(_ -> closed.complete(null));
    }

    @Override
    public CompletableFuture<DataStream> connected() {
      return connected;
    }

    @Override
    public CompletableFuture<?> closed() {
      return closed;
    }

    @Override
    public void abandon(EndReason reason) {
      opened.thenAccept(stream -> stream.close(reason));
    }
  }

  /** A RESOLVE: over as soon as it is answered. */
  private static final class Question implements StreamAttempt<Resolved> {
    private final CompletableFuture<OutgoingResolve> asked;
    private final CompletableFuture<Resolved> answer;

    Question(CompletableFuture<OutgoingResolve> asked) {
      this.asked = asked;
      this.answer = asked.thenCompose(OutgoingResolve::answer);
    }

    @Override
    public CompletableFuture<Resolved> connected() {
      return answer;
    }

    @Override
    public CompletableFuture<?> closed() {
      return answer.handle((_, _) -> true);
    }

    @Override
    public void abandon(EndReason reason) {
      asked.thenAccept(question -> question.abandon(reason));
    }
  }
}
