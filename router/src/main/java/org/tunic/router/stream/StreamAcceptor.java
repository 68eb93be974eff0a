package org.tunic.router.stream;

/**
 * What a hop does with the streams its peer asks for. An exit relay, a directory cache and an onion
 * service each have their own.
 *
 * <p>Every method must, now or later, answer its argument once: an unanswered stream stays in the
 * table until the circuit dies.
 *
 * <p>Threads: called on the event loop of the circuit; must not block.
 */
public interface StreamAcceptor {
  /** BEGIN: {@link IncomingStream#begin()} says where to. */
  void onBegin(IncomingStream stream);

  /** BEGIN_DIR: a directory request to this relay itself. */
  void onBeginDir(IncomingStream stream);

  /** RESOLVE: a name or address to look up. */
  void onResolve(IncomingResolve resolve);
}
