/**
 * The one place where objects are put together: the program's entry point, its command line, the
 * signals it answers, and the roles of a node.
 *
 * <p>What does not live here: anything that could live elsewhere. The only static state of the
 * daemon, the JVM's own (its resolver, its log, its signals), is set from here.
 *
 * <p>Threads: the main thread, and the one that delivers signals.
 */
@NullMarked
package org.tunic.daemon.wiring;

import org.jspecify.annotations.NullMarked;
