/**
 * What the index must never lose: entries, accounts and the log of what moderators did, in a {@link
 * org.tunic.index.store.Journal} that only grows, and the torrents themselves in {@link
 * org.tunic.index.store.TorrentFiles} beside it. {@link org.tunic.index.store.IndexStore} is the
 * state that follows from them.
 *
 * <p>What a caller was told is done is on the disk, forced. Nothing else is: the search index and
 * the catalogue are made from this.
 *
 * <p>Not here: what may be changed by whom ({@code index}), searching ({@code search}).
 *
 * <p>Threads: writers one after the other, readers any.
 */
@NullMarked
package org.tunic.index.store;

import org.jspecify.annotations.NullMarked;
