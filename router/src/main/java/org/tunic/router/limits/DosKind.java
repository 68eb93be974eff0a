package org.tunic.router.limits;

/**
 * What the defences against denial of service do, a closed set for metric labels.
 *
 * <p>Threads: immutable.
 */
public enum DosKind {
  /** CREATE cells of a marked address. */
  CIRCUIT_REJECTED("circuit_rejected"),
  /** Circuits with a full queue, either way. */
  CIRCUIT_KILLED_MAX_CELL("circuit_killed_max_cell"),
  /** Of these, circuits whose queue away from the origin was full. */
  CIRCUIT_KILLED_MAX_CELL_OUTQ("circuit_killed_max_cell_outq"),
  /** Addresses marked for making circuits too fast. */
  MARKED_ADDRESS("marked_address"),
  /** Addresses marked because queues of their circuits were full. */
  MARKED_ADDRESS_MAXQ("marked_address_maxq"),
  /** Connections of an address that connects too often. */
  CONN_REJECTED("conn_rejected"),
  /** Connections of an address that has too many. */
  CONCURRENT_CONN_REJECTED("concurrent_conn_rejected"),
  /** Clients at a rendezvous point without a path of their own. */
  SINGLE_HOP_REFUSED("single_hop_refused"),
  /** Introductions beyond what the service asked for. */
  INTRODUCE2_REJECTED("introduce2_rejected"),
  /** Streams and name look-ups of a circuit that asks too often. */
  STREAM_REJECTED("stream_rejected");

  private final String label;

  DosKind(String label) {
    this.label = label;
  }

  /** The label that C tor's metrics give it. */
  public String label() {
    return label;
  }
}
