/**
 * The stream rooms of the router on real sockets of the loopback interface: exits, SOCKS ports and
 * directory ports. Circuits are joined hops without cipher; everything else is what the daemon
 * runs.
 */
@NullMarked
package org.tunic.daemon.stream;

import org.jspecify.annotations.NullMarked;
