/**
 * The torrc: C tor's syntax, its option table as data ({@code options.table}), command-line
 * options, and the checked, immutable {@link org.tunic.daemon.config.Config} made of them.
 *
 * <p>What does not live here: keys and files below the DataDirectory ({@code daemon.keystore}), the
 * meaning of exit policy lines ({@code directory.policy}), opening of ports ({@code
 * daemon.wiring}).
 *
 * <p>Start reading at {@link org.tunic.daemon.config.ConfigLoader}. Spec: tor(1) of C tor 0.4.9,
 * and {@code doc/torrc_format.txt} in its source.
 *
 * <p>Threads: values are immutable; loading happens on one thread.
 */
@NullMarked
package org.tunic.daemon.config;

import org.jspecify.annotations.NullMarked;
