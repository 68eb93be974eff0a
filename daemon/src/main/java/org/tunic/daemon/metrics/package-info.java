/**
 * MetricsPort: what the node counts, as C tor tells it to Prometheus, and the HTTP server for it.
 *
 * <p>What does not live here: the counters ({@code router.limits}, {@code router.channel}).
 *
 * <p>Threads: connections on event loops, answers on the workers.
 */
@NullMarked
package org.tunic.daemon.metrics;

import org.jspecify.annotations.NullMarked;
