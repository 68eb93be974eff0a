/**
 * {@code tunic index}: its options. What it does is {@code org.tunic.index}'s, and {@code
 * wiring.IndexService} puts it together.
 *
 * <p>Threads: main thread.
 */
@NullMarked
package org.tunic.daemon.index;

import org.jspecify.annotations.NullMarked;
