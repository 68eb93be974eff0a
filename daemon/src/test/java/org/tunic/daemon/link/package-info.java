/** Links over real loopback sockets: between nodes of ours, and with C tor. */
@NullMarked
package org.tunic.daemon.link;

import org.jspecify.annotations.NullMarked;
