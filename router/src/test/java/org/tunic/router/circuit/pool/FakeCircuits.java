package org.tunic.router.circuit.pool;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntConsumer;
import org.tunic.router.cell.Begin;
import org.tunic.router.cell.DestroyReason;
import org.tunic.router.cell.EndReason;
import org.tunic.router.cell.Resolve;
import org.tunic.router.cell.Resolved;
import org.tunic.router.circuit.CircuitFailedException;
import org.tunic.router.path.Path;
import org.tunic.router.stream.StreamEndedException;

/**
 * A network that does what the test says: circuits wait to be opened or failed, streams to be
 * answered. A stream is the text {@code host:port@circuit}.
 *
 * <p>Threads: one, the test's.
 */
final class FakeCircuits implements CircuitBuilder<String> {
  /** Every circuit ever asked for. */
  final List<Circuit> all = new ArrayList<>();

  /** Cells that came. */
  long heard;

  @Override
  public CompletableFuture<BuiltCircuit<String>> build(
      Path path, Duration timeout, IntConsumer hops) {
    Circuit circuit = new Circuit(all.size() + 1, path, timeout);
    all.add(circuit);
    hops.accept(0);
    return circuit.built;
  }

  @Override
  public long heard() {
    return heard;
  }

  /** Those being built. */
  List<Circuit> building() {
    return all.stream().filter(circuit -> !circuit.built.isDone()).toList();
  }

  /** Those open now. */
  List<Circuit> open() {
    return all.stream().filter(Circuit::isOpen).toList();
  }

  /** All look-ups waiting for an answer, oldest circuit first. */
  List<Question> unresolved() {
    return all.stream()
        .flatMap(circuit -> circuit.questions.stream())
        .filter(question -> !question.answer.isDone())
        .toList();
  }

  /** All attempts waiting for an answer, oldest circuit first. */
  List<Attempt> unanswered() {
    return all.stream()
        .flatMap(circuit -> circuit.attempts.stream())
        .filter(attempt -> !attempt.connected.isDone())
        .toList();
  }

  static final class Circuit implements BuiltCircuit<String> {
    final Path path;
    final Duration timeout;
    final CompletableFuture<BuiltCircuit<String>> built = new CompletableFuture<>();
    final List<Attempt> attempts = new ArrayList<>();
    final List<Question> questions = new ArrayList<>();
    private final long id;
    private final CompletableFuture<DestroyReason> closed = new CompletableFuture<>();

    Circuit(long id, Path path, Duration timeout) {
      this.timeout = timeout;
      this.id = id;
      this.path = path;
    }

    void succeed() {
      built.complete(this);
    }

    void fail(int hop, DestroyReason reason) {
      built.completeExceptionally(new CircuitFailedException(hop, reason, "told to"));
    }

    /** The network closes it. */
    void die(DestroyReason reason) {
      closed.complete(reason);
      attempts.forEach(attempt -> attempt.end(EndReason.DESTROY));
      questions.forEach(question -> question.end(EndReason.DESTROY));
    }

    boolean isOpen() {
      return built.isDone() && !built.isCompletedExceptionally() && !closed.isDone();
    }

    @Override
    public long id() {
      return id;
    }

    @Override
    public CompletableFuture<DestroyReason> closed() {
      return closed;
    }

    @Override
    public StreamAttempt<String> begin(Begin begin) {
      Attempt attempt = new Attempt(this, begin);
      attempts.add(attempt);
      if (closed.isDone()) {
        attempt.end(EndReason.DESTROY);
      }
      return attempt;
    }

    @Override
    public StreamAttempt<Resolved> resolve(Resolve question) {
      Question asked = new Question(this, question);
      questions.add(asked);
      if (closed.isDone()) {
        asked.end(EndReason.DESTROY);
      }
      return asked;
    }

    @Override
    public void close() {
      die(DestroyReason.FINISHED);
    }
  }

  static final class Question implements StreamAttempt<Resolved> {
    final Circuit circuit;
    final Resolve question;
    private final CompletableFuture<Resolved> answer = new CompletableFuture<>();

    Question(Circuit circuit, Resolve question) {
      this.circuit = circuit;
      this.question = question;
    }

    void answer(Resolved resolved) {
      answer.complete(resolved);
    }

    void end(EndReason reason) {
      answer.completeExceptionally(new StreamEndedException(reason));
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
      end(reason);
    }
  }

  static final class Attempt implements StreamAttempt<String> {
    final Circuit circuit;
    final Begin begin;
    final List<EndReason> abandoned = new ArrayList<>();
    private final CompletableFuture<String> connected = new CompletableFuture<>();
    private final CompletableFuture<Void> closed = new CompletableFuture<>();

    Attempt(Circuit circuit, Begin begin) {
      this.circuit = circuit;
      this.begin = begin;
    }

    void connect() {
      connected.complete(begin.host() + ":" + begin.port() + "@" + circuit.id);
    }

    void end(EndReason reason) {
      connected.completeExceptionally(new StreamEndedException(reason));
      closed.complete(null);
    }

    @Override
    public CompletableFuture<String> connected() {
      return connected;
    }

    @Override
    public CompletableFuture<?> closed() {
      return closed;
    }

    @Override
    public void abandon(EndReason reason) {
      abandoned.add(reason);
      end(reason);
    }
  }
}
