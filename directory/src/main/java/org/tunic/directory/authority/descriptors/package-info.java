/**
 * The descriptors an authority accepts: the checks on uploads, key pinning, reachability tests that
 * are due, and the microdescriptors made from descriptors.
 *
 * <p>Everybody may upload, so everything kept here is bounded. Connecting to relays is {@code
 * router}'s: this room says whom to test and is told who answered.
 *
 * <p>Spec: dir-spec/accepting-relay-documents, dir-spec/computing-microdescriptors. Threads: as
 * each class says.
 */
@NullMarked
package org.tunic.directory.authority.descriptors;

import org.jspecify.annotations.NullMarked;
