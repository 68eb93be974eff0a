/**
 * Random bytes that are no keys: padding, filler, choices, at the pace of an event loop.
 *
 * <p>Keys come from a {@link java.security.SecureRandom}, always by that type.
 *
 * <p>Threads: a generator belongs to one event loop.
 */
@NullMarked
package org.tunic.crypto.random;

import org.jspecify.annotations.NullMarked;
