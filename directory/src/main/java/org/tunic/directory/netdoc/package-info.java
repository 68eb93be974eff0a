/**
 * The meta-format that all directory documents share: lines of keyword and arguments, with an
 * optional armoured object behind a line.
 *
 * <p>Here live the tokenizer, the keyword tables with their checks on number, position, arguments
 * and object, the spans over which documents are digested and signed, and the writer. What a
 * keyword means lives with its document under {@code directory.doc}; no signature is checked here.
 *
 * <p>Spec: dir-spec/netdoc. Threads: everything here is immutable or used by one caller.
 */
@NullMarked
package org.tunic.directory.netdoc;

import org.jspecify.annotations.NullMarked;
