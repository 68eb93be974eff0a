package org.tunic.daemon.metrics;

import java.util.List;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import org.tunic.onion.host.HsCounters;
import org.tunic.onion.host.HsCounters.BuildTimes;
import org.tunic.onion.host.HsCounters.PortBytes;
import org.tunic.onion.host.OnionService;

/**
 * The metrics of hosted onion services, under C tor's names and labels, in the text format of
 * Prometheus. Services come and go, so this is written anew for each scrape and registered nowhere.
 *
 * <p>The label {@code onion} is the address of the service without {@code .onion}, as with C tor:
 * whoever may read the MetricsPort may know which services there are. It is the one place where the
 * daemon tells it.
 *
 * <p>Threads: one at a time.
 */
final class OnionMetrics {
  private final StringBuilder text = new StringBuilder();
  private final List<OnionService> services;

  private OnionMetrics(List<OnionService> services) {
    this.services = services;
  }

  /** Everything of all services; empty without any. */
  static String of(List<OnionService> services) {
    return services.isEmpty() ? "" : new OnionMetrics(services).write();
  }

  private String write() {
    counter("tor_hs_intro_num_total", "Introductions that were good", HsCounters::introductions);
    bytes(
        "tor_hs_app_write_bytes_total",
        "Bytes from visitors to the servers behind a port",
        PortBytes::written);
    bytes(
        "tor_hs_app_read_bytes_total",
        "Bytes from the servers behind a port to visitors",
        PortBytes::read);
    gauge("tor_hs_rdv_established_count", "Visitors who are there now", HsCounters::visitors);
    counter(
        "tor_hs_rdv_num_total",
        "Introductions for which a circuit to the rendezvous point was launched",
        HsCounters::meetingsBegun);
    String errors = "tor_hs_rdv_error_count";
    head(errors, "counter", "What went wrong on the way to rendezvous points");
    for (HsCounters.MeetingError why : HsCounters.MeetingError.values()) {
      each(
          service ->
              sample(errors, service, reason(why.label()), service.counters().failedMeetings(why)));
    }
    gauge(
        "tor_hs_intro_established_count",
        "Introduction points that are established now",
        HsCounters::introPoints);
    String refusals = "tor_hs_intro_rejected_intro_req_count";
    head(refusals, "counter", "Introductions that were refused");
    for (HsCounters.Refusal why : HsCounters.Refusal.values()) {
      each(
          service ->
              sample(
                  refusals,
                  service,
                  reason(why.label()),
                  service.counters().refusedIntroductions(why)));
    }
    String introTimes = "tor_hs_intro_circ_build_time";
    head(introTimes, "histogram", "Milliseconds until an introduction point was established");
    each(service -> histogram(introTimes, service, service.counters().introTimes()));
    String meetingTimes = "tor_hs_rend_circ_build_time";
    head(meetingTimes, "histogram", "Milliseconds until a rendezvous point was reached");
    each(service -> histogram(meetingTimes, service, service.counters().meetingTimes()));
    gauge(
        "tor_hs_rdv_pow_pqueue_count",
        "Introductions that wait in the queue of proof of work",
        HsCounters::waiting);
    gauge(
        "tor_hs_pow_suggested_effort",
        "The effort that visitors are asked to prove",
        HsCounters::suggestedEffort);
    return text.toString();
  }

  private void counter(String name, String help, ToLongFunction<HsCounters> value) {
    head(name, "counter", help);
    each(service -> sample(name, service, "", value.applyAsLong(service.counters())));
  }

  private void gauge(String name, String help, ToLongFunction<HsCounters> value) {
    head(name, "gauge", help);
    each(service -> sample(name, service, "", value.applyAsLong(service.counters())));
  }

  private void bytes(String name, String help, ToLongFunction<PortBytes> value) {
    head(name, "counter", help);
    each(
        service -> {
          for (int port : new TreeSet<>(service.ports())) {
            sample(
                name,
                service,
                ",port=\"" + port + "\"",
                value.applyAsLong(service.counters().port(port)));
          }
        });
  }

  private void histogram(String name, OnionService service, BuildTimes times) {
    for (int i = 0; i < BuildTimes.BOUNDS_MILLIS.size(); i++) {
      String bound = ",le=\"" + BuildTimes.BOUNDS_MILLIS.get(i) + ".00\"";
      sample(name + "_bucket", service, bound, times.within(i));
    }
    sample(name + "_bucket", service, ",le=\"+Inf\"", times.count());
    sample(name + "_sum", service, "", times.sumMillis());
    sample(name + "_count", service, "", times.count());
  }

  private void each(Consumer<OnionService> write) {
    services.forEach(write);
  }

  private static String reason(String label) {
    return ",reason=\"" + label + "\"";
  }

  private void head(String name, String type, String help) {
    text.append("# HELP ").append(name).append(' ').append(help).append('\n');
    text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
  }

  /**
   * @param moreLabels each with a comma before it
   */
  private void sample(String name, OnionService service, String moreLabels, long value) {
    text.append(name)
        .append("{onion=\"")
        .append(service.id().unredacted())
        .append('"')
        .append(moreLabels)
        .append("} ")
        .append(value)
        .append('\n');
  }
}
