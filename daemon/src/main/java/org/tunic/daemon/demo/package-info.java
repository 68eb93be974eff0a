/**
 * {@code tunic demo}: a whole private network on loopback, and its self-check.
 *
 * <p>Every node runs from a torrc and key files of its own, exactly as {@code tunic -f torrc} would
 * run it, either in this process or in one of its own; they meet over real sockets only. Nothing of
 * the demo is known to the other rooms.
 *
 * <p>Threads: the main thread, and virtual threads that wait.
 */
@NullMarked
package org.tunic.daemon.demo;

import org.jspecify.annotations.NullMarked;
