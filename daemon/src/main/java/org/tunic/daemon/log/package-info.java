/**
 * The log: C tor's {@code Log} lines on top of slf4j and logback, in C tor's format.
 *
 * <p>slf4j's levels map to C tor's severities: error is err, warn is warn, info (rare milestones)
 * is notice, debug is info, trace is debug. What lives elsewhere: the reading of Log lines ({@code
 * daemon.config}) and redaction, which is in the types that are logged.
 *
 * <p>There is no logback.xml: {@link org.tunic.daemon.log.QuietStart} replaces it.
 *
 * <p>Threads: any; set up on one.
 */
@NullMarked
package org.tunic.daemon.log;

import org.jspecify.annotations.NullMarked;
