/**
 * Networks of real processes on 127.0.0.1: the fixtures that lay out, start, drive and end them,
 * and the {@code CTor…IT} suites that hold our daemon against Debian's C tor.
 *
 * <p>Every suite has two subjects, C tor and our daemon, in the same place: what fails for ours has
 * been seen to hold for C tor in the same run. No class of the product is used here; a subject is a
 * command that is given a torrc. Each process has a watchdog and is ended by its pid.
 *
 * <p>Spec: tor-wire-compat §2 and §6 (private networks), control-spec. Threads: that of the test,
 * and a virtual thread per connection of a fixture.
 */
@NullMarked
package org.tunic.daemon.interop;

import org.jspecify.annotations.NullMarked;
