package org.tunic.router.stream.socks;

/**
 * A stream an application asked for.
 *
 * @param target host, see {@link TargetHost}
 * @param port 1–65535
 * @param isolation which other streams may share its circuit
 * @param terms what is asked of the exit
 *     <p>Threads: immutable.
 */
public record StreamRequest(TargetHost target, int port, IsolationKey isolation, StreamTerms terms)
    implements ClientRequest {
  /** A stream at any exit. */
  public StreamRequest(TargetHost target, int port, IsolationKey isolation) {
    this(target, port, isolation, StreamTerms.ANY);
  }

  @Override
  public String toString() {
    return "StreamRequest[port " + port + "]";
  }
}
