package org.tunic.router.limits;

import java.net.InetAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.StringJoiner;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The defences of a relay against clients that ask for too much: circuits and connections by the
 * address they come from, streams by circuit.
 *
 * <p>An address with open connections stands in one table, which the number of accepted connections
 * bounds; once the last one is closed it moves to another, of {@link #MAX_RESTING}, the oldest out
 * first, so that leaving for a moment does not wipe the slate clean. An address that creates
 * circuits faster than its bucket refills, over several connections at a time, is marked: for a
 * while its CREATE cells are answered by DESTROY. One that connects too often is marked apart, and
 * one with too many connections is refused while it has them. Relays that the consensus knows are
 * exempt.
 *
 * <p>Time is monotonic: a clock that is set marks and frees nobody.
 *
 * <p>Spec: dos-spec. Threads: guarded by its own lock, taken once a connection or CREATE cell.
 */
public final class DosDefences {
  /** Addresses without a connection that are remembered. */
  public static final int MAX_RESTING = 32_768;

  /** After so long an address without a connection is forgotten. */
  static final Duration REMEMBERED = Duration.ofHours(24);

  private static final long NEVER = Long.MIN_VALUE;

  private final LimitCounters counters;
  private final LongSupplier nanoClock;
  private final RandomGenerator random;
  private volatile DosParameters parameters = DosParameters.OFF;

  // Guarded by this.
  private final Map<InetAddress, Client> connected = new HashMap<>();
  private final LinkedHashMap<InetAddress, Client> resting = new LinkedHashMap<>();

  /** What is known of an address. */
  private static final class Client {
    int connections;
    final RateCounter connects;
    final RateCounter circuits;
    long connectMarkedUntil = NEVER;
    long circuitMarkedUntil = NEVER;
    int fullQueues;
    long restingSince;

    Client(DosParameters by, long nowSecond) {
      connects = new RateCounter(by.connections().burst(), nowSecond);
      circuits = new RateCounter(by.circuits().burst(), nowSecond);
    }
  }

  /**
   * Defences that are off.
   *
   * @param nanoClock monotonic nanoseconds
   * @param random makes the end of a marking unpredictable
   */
  public DosDefences(LimitCounters counters, LongSupplier nanoClock, RandomGenerator random) {
    this.counters = counters;
    this.nanoClock = nanoClock;
    this.random = random;
  }

  /** Other parameters from now on; who is marked stays so. */
  public void use(DosParameters next) {
    parameters = next;
  }

  /** Of an accepted connection: {@link #close} once, when it is gone or known to be a relay's. */
  public final class Connection implements AutoCloseable {
    private @Nullable InetAddress address;

    private Connection(@Nullable InetAddress address) {
      this.address = address;
    }

    @Override
    public void close() {
      synchronized (DosDefences.this) {
        InetAddress counted = address;
        address = null;
        if (counted != null) {
          left(counted);
        }
      }
    }
  }

  private long second() {
    return TimeUnit.NANOSECONDS.toSeconds(nanoClock.getAsLong());
  }

  /**
   * A connection was accepted.
   *
   * @return counts it until closed; null if it is refused: close the socket
   */
  public @Nullable Connection accept(InetAddress address) {
    DosParameters by = parameters;
    if (!by.circuits().enabled() && !by.connections().enabled()) {
      return new Connection(null);
    }
    long now = second();
    synchronized (this) {
      Client client = connected.get(address);
      if (client == null) {
        client = resting.get(address);
      }
      if (client != null && refuses(client, by.connections(), now)) {
        return null;
      }
      resting.remove(address);
      if (client == null) {
        client = new Client(by, now);
      }
      connected.put(address, client);
      client.connections++;
      DosParameters.Connections rule = by.connections();
      client.connects.refill(rule.rate(), rule.burst(), now);
      client.connects.take();
      if (client.connects.isEmpty() && client.connectMarkedUntil == NEVER) {
        client.connectMarkedUntil = now + markedFor(rule.period());
      }
    }
    return new Connection(address);
  }

  private boolean refuses(Client client, DosParameters.Connections by, long now) {
    if (!by.enabled()) {
      return false;
    }
    if (client.connectMarkedUntil >= now) {
      counters.addDos(DosKind.CONN_REJECTED);
      return by.refuses();
    }
    client.connectMarkedUntil = NEVER;
    if (client.connections > by.maxConcurrent()) {
      counters.addDos(DosKind.CONCURRENT_CONN_REJECTED);
      return by.refuses();
    }
    return false;
  }

  private void left(InetAddress address) {
    Client client = connected.get(address);
    if (client == null || --client.connections > 0) {
      return;
    }
    connected.remove(address);
    client.restingSince = second();
    resting.put(address, client);
    long forgotten = client.restingSince - REMEMBERED.toSeconds();
    Iterator<Client> oldest = resting.values().iterator();
    while (oldest.hasNext()) {
      boolean stays = oldest.next().restingSince > forgotten;
      if (stays && resting.size() <= MAX_RESTING) {
        return;
      }
      oldest.remove();
    }
  }

  private long markedFor(Duration period) {
    long seconds = period.toSeconds();
    return seconds + (seconds > 3 ? random.nextLong(1, seconds / 2) : 0);
  }

  /**
   * A client asks for a circuit.
   *
   * @return whether to refuse it, with RESOURCELIMIT
   */
  public boolean refusesCircuit(InetAddress address) {
    DosParameters.Circuits by = parameters.circuits();
    if (!by.enabled()) {
      return false;
    }
    long now = second();
    synchronized (this) {
      Client client = connected.get(address);
      if (client == null) {
        return false; // it connected before there were defences
      }
      client.circuits.refill(by.rate(), by.burst(), now);
      client.circuits.take();
      if (client.circuits.isEmpty() && client.connections >= by.minConnections()) {
        if (client.circuitMarkedUntil == NEVER) {
          counters.addDos(DosKind.MARKED_ADDRESS);
        }
        client.circuitMarkedUntil = now + markedFor(by.period());
      }
      if (client.circuitMarkedUntil < now) {
        return false;
      }
    }
    counters.addDos(DosKind.CIRCUIT_REJECTED);
    return by.refuses();
  }

  /** A client's circuit was ended because it filled the queue to the next hop. */
  public void filledQueue(InetAddress address) {
    DosParameters by = parameters;
    if (!by.circuits().enabled() || by.maxOutqTimes() == 0) {
      return;
    }
    long now = second();
    synchronized (this) {
      Client client = connected.get(address);
      if (client == null || client.circuitMarkedUntil >= now) {
        return;
      }
      if (++client.fullQueues >= by.maxOutqTimes()) {
        if (client.circuitMarkedUntil == NEVER) {
          counters.addDos(DosKind.MARKED_ADDRESS_MAXQ);
        }
        client.circuitMarkedUntil = now + markedFor(by.circuits().period());
        client.fullQueues = 0;
      }
    }
  }

  /** The streams of a new circuit. Threads: those of the circuit. */
  public Streams newCircuit() {
    return new Streams();
  }

  /** Counts the streams and name look-ups of one circuit. */
  public final class Streams {
    private @Nullable RateCounter counter;

    /** One more is asked for; says what to do with it. */
    public DosParameters.StreamAction ask() {
      DosParameters.Streams by = parameters.streams();
      if (!by.enabled()) {
        return DosParameters.StreamAction.NONE;
      }
      long now = second();
      RateCounter tokens = counter;
      if (tokens == null) {
        tokens = new RateCounter(by.burst(), now);
        counter = tokens;
      }
      tokens.refill(by.rate(), by.burst(), now);
      if (tokens.take()) {
        return DosParameters.StreamAction.NONE;
      }
      counters.addDos(DosKind.STREAM_REJECTED); // C tor counts it even when it lets it pass
      return by.action();
    }
  }

  /** Addresses known, with and without connections. */
  synchronized int addresses() {
    return connected.size() + resting.size();
  }

  /** C tor's line for the heartbeat, without its beginning "Heartbeat: ". */
  public String heartbeat() {
    DosParameters by = parameters;
    StringJoiner line = new StringJoiner(", ", "DoS mitigation since startup: ", ".");
    line.add(count(DosKind.CIRCUIT_KILLED_MAX_CELL) + " circuits killed with too many cells");
    if (by.circuits().enabled()) {
      line.add(count(DosKind.CIRCUIT_REJECTED) + " circuits rejected")
          .add(count(DosKind.MARKED_ADDRESS) + " marked addresses")
          .add(count(DosKind.MARKED_ADDRESS_MAXQ) + " marked addresses for max queue");
    } else {
      line.add("[DoSCircuitCreationEnabled disabled]");
    }
    if (by.connections().enabled()) {
      line.add(
              count(DosKind.CONCURRENT_CONN_REJECTED)
                  + " same address concurrent connections rejected")
          .add(count(DosKind.CONN_REJECTED) + " connections rejected");
    } else {
      line.add("[DoSConnectionEnabled disabled]");
    }
    line.add("[DoSRefuseSingleHopClientRendezvous disabled]");
    if (by.streams().enabled()) {
      line.add(count(DosKind.STREAM_REJECTED) + " stream rejected");
    } else {
      line.add("[DoSStreamCreationEnabled disabled]");
    }
    return line.add(count(DosKind.INTRODUCE2_REJECTED) + " INTRODUCE2 rejected").toString();
  }

  private long count(DosKind kind) {
    return counters.dos(kind);
  }
}
