/**
 * Fakes that tests of all modules share: a clock moved by hand, a generator with a seed, vectors.
 *
 * <p>Reached through the test jar of {@code onion-crypto}. Nothing here is fit for production.
 *
 * <p>Threads: one test.
 */
@NullMarked
package org.tunic.testing;

import org.jspecify.annotations.NullMarked;
