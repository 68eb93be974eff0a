/**
 * An index of many torrents: {@code IndexBench} is the plain tool behind {@code bench/index}.
 *
 * <p>Threads: that of the measurement.
 */
@NullMarked
package org.tunic.bench.index;

import org.jspecify.annotations.NullMarked;
