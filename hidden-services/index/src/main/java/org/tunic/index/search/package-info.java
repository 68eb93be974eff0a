/**
 * Finding torrents: {@link org.tunic.index.search.SearchIndex} is a Lucene index of what {@code
 * store} lists. It may be thrown away at any time and is then made again.
 *
 * <p>Spec: none. Threads: any.
 */
@NullMarked
package org.tunic.index.search;

import org.jspecify.annotations.NullMarked;
