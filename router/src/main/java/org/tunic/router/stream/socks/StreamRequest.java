package org.tunic.router.stream.socks;

/**
 * A stream an application asked for.
 *
 * @param target host as given, see {@link TargetHost}
 * @param port 1–65535
 * @param isolation which other streams may share its circuit
 *     <p>Threads: immutable.
 */
public record StreamRequest(TargetHost target, int port, IsolationKey isolation) {
  @Override
  public String toString() {
    return "StreamRequest[port " + port + "]";
  }
}
