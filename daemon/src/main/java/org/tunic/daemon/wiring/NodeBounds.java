package org.tunic.daemon.wiring;

import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tunic.daemon.config.LimitOptions;
import org.tunic.directory.view.ConsensusParameters;
import org.tunic.directory.view.NetworkView;
import org.tunic.router.circuit.OnionQueueRules;
import org.tunic.router.circuit.ServicePoints;
import org.tunic.router.limits.BandwidthLimits;
import org.tunic.router.limits.DosDefences;
import org.tunic.router.limits.DosParameters;
import org.tunic.router.limits.LimitCounters;
import org.tunic.router.limits.MemoryAccount;
import org.tunic.router.limits.NodeLimits;
import org.tunic.router.limits.QueueRules;

/**
 * Keeps the bounds of a node what the torrc and the consensus together say.
 *
 * <p>Threads: any; a change is made under its own lock.
 */
final class NodeBounds implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(NodeBounds.class);

  private final NodeLimits limits;
  private final boolean relays;
  private final Future<?> refiller;

  /** Part of the memory for queues that descriptors of onion services may take: a fifth. */
  private static final int HSDIR_SHARE = 5;

  /** Part of the memory for queues that uploads to the directory may take: a quarter. */
  private static final int UPLOADS_SHARE = 4;

  private final Machine machine;
  private final MemoryAccount memory;
  private LimitOptions options; // guarded by this
  private ConsensusParameters params = ConsensusParameters.DEFAULTS; // guarded by this
  private volatile OnionQueueRules onionQueue = OnionQueueRules.DEFAULT;
  private volatile ServicePoints.Rules servicePoints = ServicePoints.Rules.DEFAULTS;
  private volatile long hsDirBytes;
  private volatile boolean authorityRefuses;

  /**
   * @param relays whether there are others' circuits to bound
   */
  NodeBounds(boolean relays, LimitOptions options, Machine machine, Engine engine) {
    this.relays = relays;
    this.machine = machine;
    this.memory = engine.contexts().memory();
    this.options = options;
    LimitCounters counters = new LimitCounters();
    this.limits =
        new NodeLimits(
            counters,
            QueueRules.DEFAULT,
            relays ? new DosDefences(counters, engine.nanoClock(), engine.random()) : null,
            engine.nanoClock());
    set();
    long refillMillis = options.bandwidth().refillInterval().toMillis();
    this.refiller =
        engine
            .loops()
            .next()
            .scheduleAtFixedRate(
                limits.bandwidth()::refill, refillMillis, refillMillis, TimeUnit.MILLISECONDS);
    if (relays && options.maxMemory().isEmpty()) {
      LOG.info(
          "Based on detected system memory, MaxMemInQueues is set to {} MB. You can override this"
              + " by setting MaxMemInQueues by hand.",
          memory.limit() >> 20);
    }
  }

  NodeLimits limits() {
    return limits;
  }

  OnionQueueRules onionQueue() {
    return onionQueue;
  }

  /** For introduction points and rendezvous points here. */
  ServicePoints.Rules servicePoints() {
    return servicePoints;
  }

  /** Bytes of onion services' descriptors that may be kept. */
  long hsDirBytes() {
    return hsDirBytes;
  }

  /** Whether an authority, too, refuses directory requests when its bandwidth is used up. */
  boolean authorityRefuses() {
    return authorityRefuses;
  }

  /** Bytes that bodies of uploads may take. */
  long uploadBytes() {
    return memory.limit() / UPLOADS_SHARE;
  }

  /** Another consensus. */
  synchronized void use(NetworkView view) {
    params = view.params();
    limits.knowRelays(relay -> view.byRsa(relay.rsa()).isPresent());
    set();
  }

  /** Another configuration. */
  synchronized void use(LimitOptions next) {
    options = next;
    set();
  }

  /** Only a relay carries anything for others; there all connections count as doing so. */
  private BandwidthLimits.Rates rates() {
    LimitOptions.Bandwidth set = options.bandwidth();
    long connectionRate = set.perConnectionRate();
    long connectionBurst = set.perConnectionBurst();
    return new BandwidthLimits.Rates(
        set.rate(),
        set.burst(),
        relays ? set.relayRate() : set.rate(),
        relays ? set.relayBurst() : set.burst(),
        connectionRate > 0 ? connectionRate : parameter("perconnbwrate", set.rate()),
        connectionBurst > 0 ? connectionBurst : parameter("perconnbwburst", set.burst()),
        set.countPrivate());
  }

  private int parameter(String name, long byDefault) {
    return params.get(name, (int) Math.min(byDefault, Integer.MAX_VALUE), 1, Integer.MAX_VALUE);
  }

  @Override
  public void close() {
    refiller.cancel(false);
  }

  private void set() {
    memory.limit(machine.queues(options.maxMemory()));
    authorityRefuses = options.refuseUnderLoad();
    limits.use(QueueRules.of(params, options.circuitHalfLifeSeconds()));
    onionQueue = OnionQueueRules.of(params, options.maxOnionQueueDelay());
    limits.bandwidth().use(rates());
    limits.traffic().countPrivate(options.bandwidth().countPrivate());
    limits.dos().ifPresent(dos -> dos.use(DosParameters.of(params, options.dos())));
    servicePoints = ServicePoints.Rules.of(params, options.dos());
    hsDirBytes = options.maxHsDirCache().orElse(memory.limit() / HSDIR_SHARE);
  }
}
