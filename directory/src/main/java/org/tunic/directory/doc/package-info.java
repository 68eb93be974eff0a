/**
 * What several kinds of directory documents share: arguments and objects read as keys, identities,
 * digests, addresses and protocol lists.
 *
 * <p>Each kind of document has a room below this one.
 *
 * <p>Spec: dir-spec. Threads: pure functions.
 */
@NullMarked
package org.tunic.directory.doc;

import org.jspecify.annotations.NullMarked;
