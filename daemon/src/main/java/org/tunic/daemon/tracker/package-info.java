/**
 * {@code tunic tracker}: its options, and the TCP port it may have. What it does is {@code
 * org.tunic.tracker}'s, and {@code wiring.TrackerService} puts it together.
 *
 * <p>Threads: main thread for the options; each connection on its own event loop.
 */
@NullMarked
package org.tunic.daemon.tracker;

import org.jspecify.annotations.NullMarked;
