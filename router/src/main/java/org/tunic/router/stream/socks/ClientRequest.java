package org.tunic.router.stream.socks;

/**
 * What an application wants of the network: a stream to a host, or a look-up.
 *
 * <p>Threads: immutable.
 */
public sealed interface ClientRequest permits StreamRequest, ResolveRequest {
  /** Host as given, or as the address map made it. */
  TargetHost target();

  /** Which streams may share its circuit. */
  IsolationKey isolation();

  /** What the port and the address map ask of the exit. */
  StreamTerms terms();
}
