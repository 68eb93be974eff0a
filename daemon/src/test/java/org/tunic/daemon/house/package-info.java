/**
 * The rules of the house, checked on the class files and sources of all modules: which module may
 * know which, which rooms may see Netty, TLS or Bouncy Castle, which may open a socket, and what
 * nobody may call.
 *
 * <p>Each rule has a control below {@code control}: classes that break it, in rooms of the same
 * names under another root. A rule that does not catch its control fails as well.
 *
 * <p>Spec: style.md §2. Threads: that of the test.
 */
@NullMarked
package org.tunic.daemon.house;

import org.jspecify.annotations.NullMarked;
