/**
 * Who is asking, and whether it is somebody: passwords, sessions, tokens of forms, and challenges
 * that a visitor without a name solves. Nothing here needs a script in the browser.
 *
 * <p>Not here: accounts themselves ({@code store}), what a role may do ({@code web}).
 *
 * <p>Spec: none. Threads: any.
 */
@NullMarked
package org.tunic.index.account;

import org.jspecify.annotations.NullMarked;
