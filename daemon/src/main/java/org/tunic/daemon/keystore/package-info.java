/**
 * The DataDirectory as C tor lays it out: the keys of a relay and of an authority, fingerprint
 * files, lock and process id file; and the directories of onion services and of their clients'
 * keys. C tor takes over a directory of ours and we one of its.
 *
 * <p>What does not live here: documents of the directory ({@code directory.store}), guards and
 * other state, link keys (made anew at every start, {@code crypto.cert}).
 *
 * <p>Private keys are read here only. A file that is damaged or readable by others is refused and
 * never overwritten; one that is missing is made, in one step that survives a crash.
 *
 * <p>Threads: one at a time; key objects handed out are immutable.
 */
@NullMarked
package org.tunic.daemon.keystore;

import org.jspecify.annotations.NullMarked;
