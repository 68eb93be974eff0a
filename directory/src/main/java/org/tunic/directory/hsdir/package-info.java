/**
 * Where the descriptors of onion services are kept: which time period, shared random value and
 * relays belong to a moment, for who stores, who fetches and who serves.
 *
 * <p>What a descriptor says lives in {@code directory.doc.hsdescriptor}; asking and publishing are
 * conversations of others.
 *
 * <p>Spec: rend-spec/deriving-keys#WHERE-HSDESC
 *
 * <p>Threads: all values are immutable.
 */
@NullMarked
package org.tunic.directory.hsdir;

import org.jspecify.annotations.NullMarked;
