package org.tunic.onion.host;

/**
 * Where the streams to a virtual port of a service go: a server of the operator's, or a program in
 * this process.
 *
 * <p>Threads: called on the event loop of the visitor's circuit; must not block.
 */
@FunctionalInterface
public interface ServiceTarget {
  /**
   * A visitor wants a stream. It must be answered once, now or later, with {@link
   * VisitorStream#accept} or {@link VisitorStream#refuse}, on its {@link VisitorStream#loop}.
   */
  void onStream(VisitorStream stream);
}
