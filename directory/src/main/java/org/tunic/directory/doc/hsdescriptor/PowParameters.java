package org.tunic.directory.doc.hsdescriptor;

import java.time.Instant;
import org.tunic.crypto.pow.PowSeed;

/**
 * The proof of work of version 1 that a service suggests.
 *
 * <p>Spec: rend-spec/hsdesc-encrypt, hspow-spec/v1-equix
 *
 * <p>Threads: immutable.
 *
 * @param seed what to solve for
 * @param suggestedEffort 0 to 2^32 - 1; 0 asks for none yet
 * @param expires when the seed is replaced, whole seconds
 */
public record PowParameters(PowSeed seed, long suggestedEffort, Instant expires) {}
