package org.tunic.daemon.metrics;

import java.util.List;
import java.util.function.LongSupplier;

/**
 * A number of something that runs beside a node, such as a tracker.
 *
 * <p>Threads: asked by any.
 *
 * @param name as Prometheus shall know it; of what only grows, with {@code _total} at its end
 * @param help what it counts
 * @param value the number now
 * @param labels names and values by turns, from closed sets
 */
public record ServiceMetric(String name, String help, LongSupplier value, List<String> labels) {
  private static final String GROWS = "_total";

  /** Copies the list. */
  public ServiceMetric {
    labels = List.copyOf(labels);
  }

  boolean grows() {
    return name.endsWith(GROWS);
  }
}
