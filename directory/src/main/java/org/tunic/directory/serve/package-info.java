/**
 * Answers directory requests: which documents there are, what each URL means, and who may post
 * what.
 *
 * <p>Start at {@link org.tunic.directory.serve.DirectoryResponder}. It works on an immutable
 * snapshot of documents that others pin to the {@link org.tunic.directory.serve.DocumentBoard}: the
 * fetcher what it got, the relay its own descriptor, an authority what was uploaded and voted.
 *
 * <p>Not here: sockets, HTTP framing, content codings and the Date header, which are {@code
 * router.stream.begindir}'s; judging what was posted, which is {@code directory.authority}'s.
 *
 * <p>Spec: dir-spec/general-use-http-urls, dir-spec/standards-compliance. Threads: any; see each
 * class.
 */
@NullMarked
package org.tunic.directory.serve;

import org.jspecify.annotations.NullMarked;
