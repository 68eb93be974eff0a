package org.tunic.onion.host;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.tunic.router.cell.Begin;
import org.tunic.router.cell.EndReason;
import org.tunic.router.cell.Resolved;
import org.tunic.router.stream.IncomingResolve;
import org.tunic.router.stream.IncomingStream;
import org.tunic.router.stream.StreamAcceptor;

/**
 * Lets the streams of one visitor's circuit through to their targets.
 *
 * <p>A stream to a port that the service does not have, or one too many, is ended as if it had been
 * closed in the ordinary way, so that scanning ports tells little.
 *
 * <p>Spec: tor(1), {@code HiddenServicePort} and what follows it. Threads: event loop of the
 * circuit; {@link #idleSince} any.
 */
final class StreamGate implements StreamAcceptor {
  private final Supplier<ServiceSettings> settings;
  private final HsCounters counters;
  private final Visitor visitor;

  /** One permit for each stream of the service that is not answered yet. */
  private final Semaphore unanswered;

  private final InstantSource clock;
  private final RandomGenerator random;

  /** Accepted or waiting for an answer. */
  private int streams;

  /** Since when there are none; null while there are. Written by the circuit's loop. */
  private volatile @Nullable Instant idleSince;

  StreamGate(
      Supplier<ServiceSettings> settings,
      HsCounters counters,
      Visitor visitor,
      Semaphore unanswered,
      InstantSource clock,
      RandomGenerator random) {
    this.settings = settings;
    this.counters = counters;
    this.visitor = visitor;
    this.unanswered = unanswered;
    this.clock = clock;
    this.random = random;
    this.idleSince = clock.instant();
  }

  /** Since when the circuit carries no stream; empty while it does. Threads: any. */
  Optional<Instant> idleSince() {
    return Optional.ofNullable(idleSince);
  }

  private void streamOver() {
    streams--;
    if (streams == 0) {
      idleSince = clock.instant();
    }
  }

  @Override
  public void onBegin(IncomingStream stream) {
    ServiceSettings service = settings.get();
    StreamRules rules = service.streams();
    Begin begin = stream.begin();
    if (rules.maxStreams() > 0 && streams >= rules.maxStreams()) {
      refuse(stream, rules.tooManyCloses());
      return;
    }
    List<ServiceTarget> targets =
        begin == null ? List.of() : service.ports().getOrDefault(begin.port(), List.of());
    if (begin == null || targets.isEmpty()) {
      refuse(stream, rules.unknownPortCloses());
      return;
    }
    if (!unanswered.tryAcquire()) {
      stream.refuse(EndReason.RESOURCELIMIT);
      return;
    }
    streams++;
    idleSince = null;
    targets
        .get(random.nextInt(targets.size()))
        .onStream(
            new VisitorStream(
                stream,
                begin.port(),
                visitor,
                counters.port(begin.port()),
                unanswered::release,
                this::streamOver));
  }

  private void refuse(IncomingStream stream, boolean closeCircuit) {
    stream.refuse(EndReason.DONE);
    if (closeCircuit) {
      // Once what was read is answered: a circuit that is closed sends nothing, and the visitor
      // shall be told as by C tor.
      stream.loop().execute(visitor::closeCircuit);
    }
  }

  @Override
  public void onBeginDir(IncomingStream stream) {
    stream.refuse(EndReason.NOTDIRECTORY);
  }

  @Override
  public void onResolve(IncomingResolve resolve) {
    resolve.answer(new Resolved(List.of(Resolved.Answer.error(false, 0))));
  }
}
