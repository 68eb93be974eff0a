package org.tunic.tracker.http;

import java.net.InetAddress;
import java.util.Optional;
import org.tunic.tracker.Visitor;

/**
 * Where a channel comes from.
 *
 * <p>Threads: immutable.
 *
 * @param visitor whose allowance its requests are taken from
 * @param address of the other end of a TCP connection; empty for an onion stream, which has none
 * @param expel is rid of the visitor, with all its streams
 */
public record Origin(Visitor visitor, Optional<InetAddress> address, Runnable expel) {}
