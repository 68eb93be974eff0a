package org.tunic.router.circuit;

import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.tunic.router.cell.EndReason;
import org.tunic.router.cell.Resolved;
import org.tunic.router.limits.DosDefences;
import org.tunic.router.stream.IncomingResolve;
import org.tunic.router.stream.IncomingStream;
import org.tunic.router.stream.StreamAcceptor;

/**
 * Refuses streams while a circuit has a next hop, and those of a circuit that asks for too many
 * (docs/decisions/0004-streams-at-the-last-hop.md).
 *
 * <p>Spec: tor-spec/opening-streams
 *
 * <p>Threads: event loop of the previous channel.
 */
final class StreamsAtLastHop implements StreamAcceptor {
  private final StreamAcceptor streams;
  private final DosDefences.@Nullable Streams counter;

  private final BooleanSupplier takesStreams;
  private final Runnable tooMany;

  /**
   * @param counter asked before each stream; null for no defence
   * @param takesStreams whether the circuit ends here and serves nothing else
   * @param tooMany ends the circuit, but not at once
   */
  StreamsAtLastHop(
      StreamAcceptor streams,
      DosDefences.@Nullable Streams counter,
      BooleanSupplier takesStreams,
      Runnable tooMany) {
    this.streams = streams;
    this.counter = counter;
    this.takesStreams = takesStreams;
    this.tooMany = tooMany;
  }

  /** Whether one more stream may be; ends the circuit if that is the defence. */
  private boolean allowed() {
    if (counter == null) {
      return true;
    }
    return switch (counter.ask()) {
      case NONE -> true;
      case REFUSE_STREAM -> false;
      case CLOSE_CIRCUIT -> {
        tooMany.run();
        yield false;
      }
    };
  }

  @Override
  public void onBegin(IncomingStream stream) {
    // Not RESOURCELIMIT: a client would take us for a relay that does not work.
    if (takesStreams.getAsBoolean() && allowed()) {
      streams.onBegin(stream);
    } else {
      stream.refuse(EndReason.MISC);
    }
  }

  @Override
  public void onBeginDir(IncomingStream stream) {
    if (takesStreams.getAsBoolean()) {
      streams.onBeginDir(stream);
    } else {
      stream.refuse(EndReason.MISC);
    }
  }

  @Override
  public void onResolve(IncomingResolve resolve) {
    if (!takesStreams.getAsBoolean()) {
      resolve.answer(new Resolved(List.of()));
    } else if (allowed()) {
      streams.onResolve(resolve);
    } else {
      resolve.answer(new Resolved(List.of(Resolved.Answer.error(true, 0))));
    }
  }
}
