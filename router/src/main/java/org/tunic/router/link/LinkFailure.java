package org.tunic.router.link;

/** Why no TLS connection came about: a closed set for answers and metrics. */
public enum LinkFailure {
  /** The address refused the TCP connection. */
  REFUSED,
  /** Unreachable, reset, or closed before TLS was done. */
  NETWORK,
  /** TCP or TLS took too long. */
  TIMEOUT,
  /** The peer does not speak our TLS. */
  TLS
}
