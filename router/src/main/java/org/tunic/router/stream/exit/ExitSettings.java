package org.tunic.router.stream.exit;

import java.time.Duration;

/**
 * How a relay serves exit streams.
 *
 * @param ipv6 whether to connect to IPv6 addresses (IPv6Exit)
 * @param rejectPrivate refuse internal addresses whatever the policy says
 *     (ExitPolicyRejectPrivate); off in testing networks
 * @param connectTimeout longest wait for a destination to answer the TCP handshake
 * @param stallLimit how long the tail of an ended stream may wait for a destination that takes
 *     nothing
 *     <p>Threads: immutable.
 */
public record ExitSettings(
    boolean ipv6, boolean rejectPrivate, Duration connectTimeout, Duration stallLimit) {
  /** C tor waits as long as the kernel does; its clients give up after some 15 seconds. */
  public static final Duration DEFAULT_CONNECT_TIMEOUT = Duration.ofSeconds(30);

  /** As long as C tor waits for a connection it is flushing. */
  public static final Duration DEFAULT_STALL_LIMIT = Duration.ofSeconds(15);

  /** With the default times. */
  public static ExitSettings of(boolean ipv6, boolean rejectPrivate) {
    return new ExitSettings(ipv6, rejectPrivate, DEFAULT_CONNECT_TIMEOUT, DEFAULT_STALL_LIMIT);
  }
}
