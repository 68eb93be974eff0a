/**
 * The exit of a relay: what happens to BEGIN and RESOLVE.
 *
 * <p>Here: who may exit and where to, asynchronous name lookups through the operator's name
 * servers, TCP connects, END reasons. Not here: the stream itself ({@code router.stream}), copying
 * bytes ({@code stream.bridge}), the grammar of exit policies ({@code directory.policy}). This is
 * the only room that resolves names, and it never asks the JVM to.
 *
 * <p>Spec: tor-spec/opening-streams, tor-spec/remote-hostname-lookup. Threads: the event loop of
 * each circuit; the resolver has one loop of its own.
 */
@NullMarked
package org.tunic.router.stream.exit;

import org.jspecify.annotations.NullMarked;
