package org.tunic.onion.client;

import java.security.SecureRandom;
import org.tunic.router.circuit.service.ServiceCircuits;
import org.tunic.router.congestion.FlowSettings;

/**
 * What visits work with.
 *
 * <p>Threads: immutable; its parts any.
 *
 * @param circuits builds their circuits
 * @param descriptors knows what services say of themselves
 * @param puzzles solves what they ask
 * @param allowPrivate whether introduction points may have private addresses
 */
record VisitWorld(
    ServiceCircuits circuits,
    Descriptors descriptors,
    PuzzleSolvers puzzles,
    FlowSettings flow,
    boolean allowPrivate,
    SecureRandom random) {}
