/**
 * Hosting onion services: {@link org.tunic.onion.host.OnionServices} keeps each service published,
 * introduced and meeting its visitors.
 *
 * <p>A service is a loop that asks what is due ({@code HostedService.progress}): introduction
 * points to establish or replace, descriptors to make and bring to directories. Each introduction
 * that comes is answered by a conversation of its own. Where visitors' streams go is the caller's
 * business ({@link org.tunic.onion.host.ServiceTarget}).
 *
 * <p>Spec: rend-spec/introduction-protocol, rend-spec/hsdesc, rend-spec/rendezvous-protocol.
 * Threads: one virtual thread for each service, and one for each introduction.
 */
@NullMarked
package org.tunic.onion.host;

import org.jspecify.annotations.NullMarked;
