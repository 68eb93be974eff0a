/**
 * Torrents: {@link org.tunic.index.metainfo.MetainfoParser} reads a file of the first or second
 * version or of both and keeps its info dictionary as it came; {@link
 * org.tunic.index.metainfo.TorrentFile} and {@link org.tunic.index.metainfo.Magnet} hand it out
 * again; {@link org.tunic.index.metainfo.SafeText} makes hostile names harmless to look at.
 *
 * <p>Not here: bencoding itself ({@code tracker.bencode}), what is kept on disk ({@code store}).
 *
 * <p>Spec: BEP 3, BEP 9, BEP 52. Threads: any; nothing here has state that is shared.
 */
@NullMarked
package org.tunic.index.metainfo;

import org.jspecify.annotations.NullMarked;
