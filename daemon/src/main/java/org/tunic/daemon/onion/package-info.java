/**
 * What an operator of onion services does by hand: {@code tunic onion vanity}.
 *
 * <p>What does not live here: the search itself ({@code crypto.hs.VanityPrefix}), key files ({@code
 * daemon.keystore}), the services ({@code hidden-services}).
 *
 * <p>Threads: main thread; the search has threads of its own.
 */
@NullMarked
package org.tunic.daemon.onion;

import org.jspecify.annotations.NullMarked;
