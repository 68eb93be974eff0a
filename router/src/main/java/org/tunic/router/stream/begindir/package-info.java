/**
 * Directory requests over the wire: HTTP/1.0 on BEGIN_DIR streams and on TCP directory ports,
 * asking and serving.
 *
 * <p>Here: pipelines, limits, timeouts, compression. Not here: what is asked for and when ({@code
 * directory.fetch}), what is answered ({@code directory.serve}), circuits to the server (the
 * function handed to {@link org.tunic.router.stream.begindir.StreamDirectoryTransport}).
 *
 * <p>Spec: dir-spec/outline, dir-spec/standards-compliance. Threads: event loop of each channel for
 * HTTP; callers' virtual threads wait, a bounded executor answers.
 */
@NullMarked
package org.tunic.router.stream.begindir;

import org.jspecify.annotations.NullMarked;
