/**
 * Hostile peers, each the program of a process of its own, that do what no honest node does: {@link
 * org.tunic.daemon.hostile.Attacker} on links and circuits, {@link
 * org.tunic.daemon.hostile.SlowReaders} on streams, {@link org.tunic.daemon.hostile.Uploads} at a
 * directory port. They borrow the codecs of the product, and none of its manners.
 *
 * <p>Spec: tor-spec/negotiating-channels, dos-spec, dir-spec/outline. Threads: said by each.
 */
@NullMarked
package org.tunic.daemon.hostile;

import org.jspecify.annotations.NullMarked;
