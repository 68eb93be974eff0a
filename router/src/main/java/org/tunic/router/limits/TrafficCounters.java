package org.tunic.router.limits;

import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.tunic.directory.policy.IpLiteral;

/**
 * What one node carried and did for others since the start, in numbers that tell nothing of whom.
 *
 * <p>Threads: any, because sums are {@link LongAdder}s; nothing counts per cell.
 */
public final class TrafficCounters {
  /** Streams that others opened here, with C tor's labels. */
  public enum Stream {
    BEGIN,
    BEGIN_DIR,
    RESOLVE
  }

  /** How a query of a name server ended. */
  public enum Dns {
    SUCCESS("success"),
    FORMAT("format"),
    SERVER_FAILED("serverfailed"),
    NOT_EXIST("notexist"),
    NOT_IMPLEMENTED("notimpl"),
    REFUSED("refused"),
    TRUNCATED("truncated"),
    UNKNOWN("unknown"),
    TIMEOUT("tor_timeout"),
    SHUTDOWN("shutdown"),
    CANCEL("cancel"),
    NO_DATA("nodata");

    private final String label;

    Dns(String label) {
      this.label = label;
    }

    /** The label that C tor's metrics give it. */
    public String label() {
      return label;
    }
  }

  private final ConnectionCounters connections = new ConnectionCounters();
  private final LongAdder bytesRead = new LongAdder();
  private final LongAdder bytesWritten = new LongAdder();
  private final LongAdder ipv6BytesRead = new LongAdder();
  private final LongAdder ipv6BytesWritten = new LongAdder();
  private final LongAdder directoryBytesRead = new LongAdder();
  private final LongAdder directoryBytesWritten = new LongAdder();
  private final LongAdder readLimits = new LongAdder();
  private final LongAdder writeLimits = new LongAdder();
  private final LongAdder portsExhausted = new LongAdder();
  private final LongAdder droppedCells = new LongAdder();
  private final LongAdder violations = new LongAdder();
  private final LongAdder dnsQueries = new LongAdder();
  private final Map<Stream, LongAdder> streams = new EnumMap<>(Stream.class);
  private final Map<Dns, LongAdder> dns = new EnumMap<>(Dns.class);

  private volatile boolean countPrivate;

  /** All 0; connections with private addresses do not count. */
  public TrafficCounters() {
    for (Stream kind : Stream.values()) {
      streams.put(kind, new LongAdder());
    }
    for (Dns result : Dns.values()) {
      dns.put(result, new LongAdder());
    }
  }

  /** Connections and listeners. */
  public ConnectionCounters connections() {
    return connections;
  }

  /** CountPrivateBandwidth: whether connections with private addresses count too. */
  public void countPrivate(boolean count) {
    countPrivate = count;
  }

  /** Counts what one connection carries. */
  public final class Meter {
    private final boolean privateAddress;
    private final boolean ipv6;

    private Meter(boolean privateAddress, boolean ipv6) {
      this.privateAddress = privateAddress;
      this.ipv6 = ipv6;
    }

    /** Whether the peer has a private address. */
    public boolean isPrivate() {
      return privateAddress;
    }

    /** Bytes came. */
    public void read(long bytes) {
      if (counts()) {
        bytesRead.add(bytes);
        if (ipv6) {
          ipv6BytesRead.add(bytes);
        }
      }
    }

    /** Bytes went. */
    public void written(long bytes) {
      if (counts()) {
        bytesWritten.add(bytes);
        if (ipv6) {
          ipv6BytesWritten.add(bytes);
        }
      }
    }

    private boolean counts() {
      return !privateAddress || countPrivate;
    }
  }

  /**
   * For a connection with {@code remote}.
   *
   * @param remote what is no IP address counts as private
   */
  public Meter meter(@Nullable SocketAddress remote) {
    return remote instanceof InetSocketAddress inet && inet.getAddress() != null
        ? new Meter(
            IpLiteral.isInternal(inet.getAddress()), inet.getAddress() instanceof Inet6Address)
        : new Meter(true, false);
  }

  /** Bytes of a directory request came, over whatever kind of connection. */
  public void addDirectoryRead(long bytes) {
    directoryBytesRead.add(bytes);
  }

  /** Bytes of an answer to a directory request went. */
  public void addDirectoryWritten(long bytes) {
    directoryBytesWritten.add(bytes);
  }

  /** The bandwidth to read was used up. */
  public void addReadLimit() {
    readLimits.increment();
  }

  /** The bandwidth to write was used up. */
  public void addWriteLimit() {
    writeLimits.increment();
  }

  /** A connection could not be made because all local ports are in use. */
  public void addPortsExhausted() {
    portsExhausted.increment();
  }

  /** A DROP message came. */
  public void addDroppedCell() {
    droppedCells.increment();
  }

  /** A circuit of others was closed because its origin broke the protocol. */
  public void addViolation() {
    violations.increment();
  }

  /** Somebody opened a stream here. */
  public void addStream(Stream kind) {
    Objects.requireNonNull(streams.get(kind)).increment(); // every kind has one
  }

  /** A query of a name server begins. */
  public void addDnsQuery() {
    dnsQueries.increment();
  }

  /** A query of a name server ended. */
  public void addDnsResult(Dns result) {
    Objects.requireNonNull(dns.get(result)).increment(); // every kind has one
  }

  /** {@code relay_traffic_bytes} "read". */
  public long bytesRead() {
    return bytesRead.sum();
  }

  /** {@code relay_traffic_bytes} "written". */
  public long bytesWritten() {
    return bytesWritten.sum();
  }

  /** Those of {@link #bytesRead} that came over IPv6. */
  public long ipv6BytesRead() {
    return ipv6BytesRead.sum();
  }

  /** Those of {@link #bytesWritten} that went over IPv6. */
  public long ipv6BytesWritten() {
    return ipv6BytesWritten.sum();
  }

  /** Bytes of directory requests that we answer. */
  public long directoryBytesRead() {
    return directoryBytesRead.sum();
  }

  /** Bytes of our answers to directory requests. */
  public long directoryBytesWritten() {
    return directoryBytesWritten.sum();
  }

  /** {@code relay_load_global_rate_limit_reached_total} "read". */
  public long readLimits() {
    return readLimits.sum();
  }

  /** {@code relay_load_global_rate_limit_reached_total} "write". */
  public long writeLimits() {
    return writeLimits.sum();
  }

  /** {@code relay_load_tcp_exhaustion_total}. */
  public long portsExhausted() {
    return portsExhausted.sum();
  }

  /** {@code relay_drop_cell_total}. */
  public long droppedCells() {
    return droppedCells.sum();
  }

  /** {@code relay_circ_proto_violation_total}. */
  public long violations() {
    return violations.sum();
  }

  /** {@code relay_streams_total}. */
  public long streams(Stream kind) {
    return Objects.requireNonNull(streams.get(kind)).sum(); // every kind has one
  }

  /** {@code relay_exit_dns_query_total}. */
  public long dnsQueries() {
    return dnsQueries.sum();
  }

  /** {@code relay_exit_dns_error_total}; most of them are no errors. */
  public long dnsResults(Dns result) {
    return Objects.requireNonNull(dns.get(result)).sum(); // every kind has one
  }
}
