/**
 * A hostile peer: a process of its own that opens links to a relay and does on them what no honest
 * node does. It borrows the codecs of the product, and none of its manners.
 *
 * <p>Spec: tor-spec/negotiating-channels, dos-spec. Threads: one event loop, and the main thread,
 * which takes commands.
 */
@NullMarked
package org.tunic.daemon.hostile;

import org.jspecify.annotations.NullMarked;
