/**
 * The search interface that other programs use: {@link org.tunic.index.torznab.Torznab} answers
 * requests at {@code /api}.
 *
 * <p>Spec: Torznab. Threads: any.
 */
@NullMarked
package org.tunic.index.torznab;

import org.jspecify.annotations.NullMarked;
