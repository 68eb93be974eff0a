package org.tunic.onion.host;

import java.security.SecureRandom;
import java.time.InstantSource;
import org.tunic.onion.descriptor.HsDirectories;
import org.tunic.router.circuit.service.ServiceCircuits;
import org.tunic.router.congestion.FlowSettings;

/**
 * What services work with.
 *
 * <p>Threads: immutable; its parts any.
 *
 * @param circuits builds their circuits
 * @param directories brings descriptors to directories
 * @param testingNetwork whether periods are short
 * @param allowPrivate whether rendezvous points may have private addresses
 */
record ServiceWorld(
    ServiceCircuits circuits,
    HsDirectories directories,
    FlowSettings flow,
    boolean testingNetwork,
    boolean allowPrivate,
    InstantSource clock,
    SecureRandom random) {}
