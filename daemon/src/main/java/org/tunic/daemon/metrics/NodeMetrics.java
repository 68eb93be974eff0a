package org.tunic.daemon.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.config.NamingConvention;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.tunic.directory.doc.consensus.RelayFlag;
import org.tunic.onion.host.OnionService;
import org.tunic.router.channel.CellCounters;
import org.tunic.router.circuit.ServicePoints;
import org.tunic.router.congestion.FlowCounters;
import org.tunic.router.limits.ConnectionCounters;
import org.tunic.router.limits.ConnectionKind;
import org.tunic.router.limits.DosKind;
import org.tunic.router.limits.HandshakeKind;
import org.tunic.router.limits.LimitCounters;
import org.tunic.router.limits.TrafficCounters;

/**
 * The metrics of a node, under C tor's names and labels. What C tor counts and this node never does
 * is there and 0.
 *
 * <p>Names stand as C tor writes them, so no naming convention applies. The text format ends every
 * counter in {@code _total}; C tor has counters that do not end so, and {@link #scrape} gives those
 * their names back.
 *
 * <p>Threads: any.
 */
public final class NodeMetrics {
  /** Counters whose names C tor does not end in {@code _total}. */
  private static final List<String> PLAIN_COUNTERS =
      List.of("tor_bug_reached_count", "tor_relay_traffic_bytes");

  @SuppressWarnings("UnnecessaryLambda") // what is counted nowhere, by a name of its own
  private static final LongSupplier NEVER = () -> 0;

  /** In C tor's order; Sybil is a flag that votes alone carry. */
  private static final List<String> FLAGS =
      List.of("Fast", "Exit", "Authority", "Stable", "HSDir", "Running", "V2Dir", "Sybil", "Guard");

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  private final List<LongSupplier> suppliers = new ArrayList<>();
  private final Supplier<List<OnionService>> services;

  /**
   * Registers everything.
   *
   * @param besides what runs beside the node
   */
  public NodeMetrics(MetricSources sources, List<ServiceMetric> besides) {
    this.services = sources.onionServices();
    registry.config().namingConvention(NamingConvention.identity);
    registry.throwExceptionOnRegistrationFailure();
    TrafficCounters traffic = sources.traffic();
    counter("tor_bug_reached_count", "Errors of the program itself", sources.bugs());
    connections(traffic.connections());
    limits(sources.limits());
    traffic(traffic, sources.cells());
    gauge(
        "tor_relay_circuits_total",
        "Circuits that are open",
        sources.circuits(),
        "state",
        "opened");
    gauge(
        "tor_relay_load_socket_total",
        "Sockets that are open, and how many may be",
        traffic.connections()::openSockets,
        "state",
        "opened");
    gauge(
        "tor_relay_load_socket_total",
        "Sockets that are open, and how many may be",
        sources.maxSockets());
    for (String flag : FLAGS) {
      Optional<RelayFlag> known = RelayFlag.of(flag);
      gauge(
          "tor_relay_flag",
          "Whether the consensus gives this relay a flag",
          () -> known.isPresent() && sources.flags().get().contains(known.get()) ? 1 : 0,
          "type",
          flag);
    }
    if (sources.offlineKeyExpiry().get().isPresent()) {
      gauge(
          "tor_relay_signing_cert_expiry_timestamp",
          "When the signing key ends, in seconds since 1970",
          () -> sources.offlineKeyExpiry().get().orElse(0));
    }
    onionServices(sources.servicePoints());
    congestion(sources.flow());
    for (ServiceMetric metric : besides) {
      String[] labels = metric.labels().toArray(String[]::new);
      if (metric.grows()) {
        counter(metric.name(), metric.help(), metric.value(), labels);
      } else {
        gauge(metric.name(), metric.help(), metric.value(), labels);
      }
    }
  }

  private void connections(ConnectionCounters counters) {
    for (ConnectionKind kind : ConnectionKind.values()) {
      for (boolean initiated : new boolean[] {true, false}) {
        for (boolean ipv6 : new boolean[] {false, true}) {
          connection(counters, kind, initiated, ipv6);
        }
      }
    }
  }

  private void connection(
      ConnectionCounters counters, ConnectionKind kind, boolean initiated, boolean ipv6) {
    String direction = initiated ? "initiated" : "received";
    String family = ipv6 ? "ipv6" : "ipv4";
    gauge(
        "tor_relay_connections",
        "Connections and listeners that are open",
        () -> counters.open(kind, initiated, ipv6),
        "type",
        kind.label(),
        "direction",
        direction,
        "state",
        "opened",
        "family",
        family);
    counter(
        "tor_relay_connections_total",
        "Connections and listeners that were made or refused",
        () -> counters.createdSum(kind, initiated, ipv6),
        "type",
        kind.label(),
        "direction",
        direction,
        "state",
        "created",
        "family",
        family);
    if (!initiated) {
      counter(
          "tor_relay_connections_total",
          "Connections and listeners that were made or refused",
          () -> counters.rejectedSum(kind, ipv6),
          "type",
          kind.label(),
          "direction",
          direction,
          "state",
          "rejected",
          "family",
          family);
    }
  }

  private void limits(LimitCounters counters) {
    String oomHelp = "Bytes thrown away for lack of memory";
    counter("tor_relay_load_oom_bytes_total", oomHelp, counters::oomBytes, "subsys", "cell");
    for (String never : List.of("dns", "geoip", "hsdir")) {
      counter("tor_relay_load_oom_bytes_total", oomHelp, NEVER, "subsys", never);
    }
    for (HandshakeKind kind : HandshakeKind.values()) {
      String help = "Circuit handshakes of relays that were answered or dropped";
      counter(
          "tor_relay_load_onionskins_total",
          help,
          () -> counters.onionSkinsProcessed(kind),
          "type",
          kind.label(),
          "action",
          "processed");
      counter(
          "tor_relay_load_onionskins_total",
          help,
          () -> counters.onionSkinsDropped(kind),
          "type",
          kind.label(),
          "action",
          "dropped");
    }
    for (DosKind kind : DosKind.values()) {
      counter(
          "tor_relay_dos_total",
          "How often a defence against denial of service acted",
          () -> counters.dos(kind),
          "type",
          kind.label());
    }
  }

  private void traffic(TrafficCounters traffic, CellCounters cells) {
    String bytesHelp = "Bytes that connections of the OR protocol carried";
    counter("tor_relay_traffic_bytes", bytesHelp, traffic::bytesRead, "direction", "read");
    counter("tor_relay_traffic_bytes", bytesHelp, traffic::bytesWritten, "direction", "written");
    String limitHelp = "How often the bandwidth was used up";
    String limit = "tor_relay_load_global_rate_limit_reached_total";
    counter(limit, limitHelp, traffic::readLimits, "side", "read");
    counter(limit, limitHelp, traffic::writeLimits, "side", "write");
    counter(
        "tor_relay_load_tcp_exhaustion_total",
        "Connections that failed for want of a local port",
        traffic::portsExhausted);
    for (TrafficCounters.Stream kind : TrafficCounters.Stream.values()) {
      counter(
          "tor_relay_streams_total",
          "Streams that others opened here",
          () -> traffic.streams(kind),
          "type",
          kind.name());
    }
    counter(
        "tor_relay_exit_dns_query_total",
        "Queries of name servers for others",
        traffic::dnsQueries);
    for (TrafficCounters.Dns result : TrafficCounters.Dns.values()) {
      counter(
          "tor_relay_exit_dns_error_total",
          "How queries of name servers ended",
          () -> traffic.dnsResults(result),
          "reason",
          result.label());
    }
    counter(
        "tor_relay_destroy_cell_total",
        "DESTROY cells that came",
        () -> cells.read(CellCounters.Kind.DESTROY));
    counter("tor_relay_drop_cell_total", "DROP messages that came", traffic::droppedCells);
    counter(
        "tor_relay_circ_proto_violation_total",
        "Circuits of others that were closed because their origin broke the protocol",
        traffic::violations);
  }

  /** Messages of onion services and their clients. */
  private void onionServices(ServicePoints points) {
    for (ServicePoints.EstablishIntroResult result : ServicePoints.EstablishIntroResult.values()) {
      counter(
          "tor_relay_est_intro_total",
          "ESTABLISH_INTRO messages that came",
          () -> points.counted(result),
          "action",
          label(result));
    }
    for (ServicePoints.EstablishRendezvousResult result :
        ServicePoints.EstablishRendezvousResult.values()) {
      counter(
          "tor_relay_est_rend_total",
          "ESTABLISH_RENDEZVOUS messages that came",
          () -> points.counted(result),
          "action",
          label(result));
    }
    for (ServicePoints.Introduce1Result result : ServicePoints.Introduce1Result.values()) {
      counter(
          "tor_relay_intro1_total",
          "INTRODUCE1 messages that came",
          () -> points.counted(result),
          "action",
          label(result));
    }
    for (ServicePoints.Rendezvous1Result result : ServicePoints.Rendezvous1Result.values()) {
      counter(
          "tor_relay_rend1_total",
          "RENDEZVOUS1 messages that came",
          () -> points.counted(result),
          "action",
          label(result));
    }
  }

  private static String label(Enum<?> result) {
    return result.name().toLowerCase(Locale.ROOT);
  }

  /** Congestion control of streams that end here. */
  private void congestion(FlowCounters counters) {
    congestionCounter(counters, "starvation", "rtt_reset", FlowCounters.Event.RTT_RESET);
    congestionCounter(counters, "clock_stalls", "rtt_skipped", FlowCounters.Event.CLOCK_STALLED);
    congestionCounter(counters, "flow_control", "xoff_num_sent", FlowCounters.Event.XOFF_SENT);
    congestionCounter(counters, "flow_control", "xon_num_sent", FlowCounters.Event.XON_SENT);
    congestionCounter(counters, "cc_limits", "above_delta", FlowCounters.Event.ABOVE_DELTA);
    congestionCounter(
        counters, "cc_limits", "above_ss_cwnd_max", FlowCounters.Event.ABOVE_SLOW_START_MAX);
    congestionCounter(
        counters, "cc_limits", "below_ss_inc_floor", FlowCounters.Event.BELOW_SLOW_START_FLOOR);
    congestionCounter(counters, "cc_circuits", "circs_created", FlowCounters.Event.CIRCUIT_CREATED);
    congestionCounter(counters, "cc_circuits", "circs_closed", FlowCounters.Event.CIRCUIT_CLOSED);
    congestionCounter(
        counters, "cc_circuits", "circs_exited_ss", FlowCounters.Event.SLOW_START_LEFT);
    congestionGauge(
        counters, "slow_start_exit", "cwnd", FlowCounters.Average.SLOW_START_EXIT_WINDOW);
    congestionGauge(counters, "slow_start_exit", "bdp", FlowCounters.Average.SLOW_START_EXIT_BDP);
    congestionGauge(
        counters, "slow_start_exit", "inc", FlowCounters.Average.SLOW_START_EXIT_GROWTH);
    congestionGauge(counters, "on_circ_close", "cwnd", FlowCounters.Average.CLOSE_WINDOW);
    congestionGauge(
        counters, "on_circ_close", "ss_cwnd", FlowCounters.Average.CLOSE_SLOW_START_WINDOW);
    congestionGauge(counters, "buffers", "xon_outbuf", FlowCounters.Average.XON_WAITING_BYTES);
    congestionGauge(counters, "buffers", "xoff_outbuf", FlowCounters.Average.XOFF_WAITING_BYTES);
    congestionGauge(
        counters, "cc_backoff", "chan_blocked_pct", FlowCounters.Average.BLOCKED_PERCENT);
    congestionGauge(counters, "cc_backoff", "gamma_drop", FlowCounters.Average.GAMMA_DROP);
    congestionGauge(counters, "cc_backoff", "delta_drop", FlowCounters.Average.DELTA_DROP);
    congestionGauge(
        counters,
        "cc_backoff",
        "ss_chan_blocked_pct",
        FlowCounters.Average.SLOW_START_BLOCKED_PERCENT);
    congestionGauge(counters, "cc_cwnd_update", "alpha_pct", FlowCounters.Average.ALPHA_PERCENT);
    congestionGauge(counters, "cc_cwnd_update", "beta_pct", FlowCounters.Average.BETA_PERCENT);
    congestionGauge(counters, "cc_cwnd_update", "delta_pct", FlowCounters.Average.DELTA_PERCENT);
    congestionGauge(counters, "cc_estimates", "ss_queue", FlowCounters.Average.SLOW_START_QUEUE);
    congestionGauge(counters, "cc_estimates", "queue", FlowCounters.Average.QUEUE);
    congestionGauge(counters, "cc_estimates", "bdp", FlowCounters.Average.BDP);
  }

  private void congestionCounter(
      FlowCounters counters, String state, String action, FlowCounters.Event event) {
    counter(
        "tor_relay_congestion_control_total",
        "What congestion control did",
        () -> counters.get(event),
        "state",
        state,
        "action",
        action);
  }

  private void congestionGauge(
      FlowCounters counters, String state, String action, FlowCounters.Average average) {
    gauge(
        "tor_relay_congestion_control",
        "What congestion control measures",
        () -> counters.get(average),
        "state",
        state,
        "action",
        action);
  }

  private void counter(String name, String help, LongSupplier value, String... labels) {
    FunctionCounter.builder(name, kept(value), LongSupplier::getAsLong)
        .description(help)
        .tags(labels)
        .register(registry);
  }

  /** The registry holds what it asks weakly, and lambdas are held by nobody else. */
  private LongSupplier kept(LongSupplier value) {
    suppliers.add(value);
    return value;
  }

  private void gauge(String name, String help, LongSupplier value, String... labels) {
    Gauge.builder(name, kept(value), LongSupplier::getAsLong)
        .description(help)
        .tags(labels)
        .register(registry);
  }

  /** All of it in the text format of Prometheus. */
  public String scrape() {
    StringBuilder text = new StringBuilder();
    registry.scrape().lines().forEach(line -> text.append(withPlainName(line)).append('\n'));
    return text.append(OnionMetrics.of(services.get())).toString();
  }

  private static String withPlainName(String line) {
    for (String name : PLAIN_COUNTERS) {
      int start = line.startsWith("# ") ? line.indexOf(' ', 2) + 1 : 0;
      if (line.startsWith(name + "_total", start)) {
        return line.substring(0, start + name.length())
            + line.substring(start + name.length() + "_total".length());
      }
    }
    return line;
  }
}
