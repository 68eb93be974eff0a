package org.tunic.daemon.config;

import java.net.InetSocketAddress;

/**
 * MetricsPort.
 *
 * <p>Threads: immutable.
 *
 * @param line where it was written
 * @param address address to listen on
 */
public record MetricsPort(ConfigLine line, InetSocketAddress address) {}
