package org.tunic.router.stream;

import io.netty.util.collection.IntObjectHashMap;
import org.jspecify.annotations.Nullable;

/**
 * At an origin, the streams that we ended and the peer did not. Cells that it sent before it read
 * our END may still come, so no new stream gets such an id until the peer's END or RESOLVED came.
 *
 * <p>Anyone on the way who can make an exit send, or is the exit, could mark a circuit with cells
 * that nobody awaits and count on their being dropped in silence. So what comes is told apart: what
 * may come is part of the stream that was, and the rest is counted. As in C tor neither ends the
 * circuit, because a peer that counts a little differently is no attacker. Exits keep no such
 * streams: to them the origin chooses the ids, and what it sends too much hurts only itself.
 *
 * <p>Cost: some 50 bytes for each id, of which a hop has {@link #MAX_STREAMS}; an honest exit
 * answers every END within a round trip.
 *
 * <p>Spec: tor-spec/closing-streams. Threads: event loop of the circuit.
 */
final class HalfClosedStreams {
  /** All stream ids there are. */
  static final int MAX_STREAMS = 0xffff;

  private final IntObjectHashMap<HalfClosed> streams = new IntObjectHashMap<>();
  private long unexpected;

  /** We ended the stream. */
  void add(int streamId, HalfClosed rest) {
    streams.put(streamId, rest);
  }

  boolean contains(int streamId) {
    return streams.containsKey(streamId);
  }

  int size() {
    return streams.size();
  }

  /** Messages so far that could not come, nor be a matter of time. */
  long unexpected() {
    return unexpected;
  }

  /** DATA, XON or XOFF for a stream that is not open: the window counts them alike. */
  void onData(int streamId, long nowNanos) {
    HalfClosed rest = streams.get(streamId);
    count(rest != null && rest.takeData(nowNanos));
  }

  /** SENDME for a stream that is not open. */
  void onSendme(int streamId) {
    HalfClosed rest = streams.get(streamId);
    count(rest != null && rest.takeSendme());
  }

  /** CONNECTED for a stream that is not open. */
  void onConnected(int streamId) {
    HalfClosed rest = streams.get(streamId);
    count(rest != null && rest.takeConnected());
  }

  /** END or RESOLVED for a stream that is not open: nothing comes after it, the id is free. */
  void onEnd(int streamId) {
    @Nullable HalfClosed rest = streams.remove(streamId);
    count(rest != null);
  }

  private void count(boolean expected) {
    if (!expected) {
      unexpected++;
    }
  }
}
