package org.tunic.router.limits;

/**
 * The kinds of connections and listeners that are counted apart, a closed set for metric labels:
 * all of C tor's, so that a kind we lack shows as 0.
 *
 * <p>Threads: immutable.
 */
public enum ConnectionKind {
  OR_LISTENER("OR listener"),
  /** A TLS connection of the OR protocol. */
  OR("OR"),
  /** A connection of an exit stream to its target. */
  EXIT("Exit"),
  SOCKS_LISTENER("Socks listener"),
  /** An application at a SocksPort or HTTPTunnelPort. */
  SOCKS("Socks"),
  DIRECTORY_LISTENER("Directory listener"),
  /** A directory request or answer, over TCP or on a stream. */
  DIRECTORY("Directory"),
  CONTROL_LISTENER("Control listener"),
  CONTROL("Control"),
  TRANSPARENT_LISTENER("Transparent pf/netfilter listener"),
  NATD_LISTENER("Transparent natd listener"),
  DNS_LISTENER("DNS listener"),
  EXTENDED_OR("Extended OR"),
  EXTENDED_OR_LISTENER("Extended OR listener"),
  HTTP_TUNNEL_LISTENER("HTTP tunnel listener"),
  METRICS_LISTENER("Metrics listener"),
  METRICS("Metrics");

  private final String label;

  ConnectionKind(String label) {
    this.label = label;
  }

  /** The label that C tor's metrics give it. */
  public String label() {
    return label;
  }
}
