package org.tunic.index.web;

import java.util.List;
import java.util.Optional;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.index.TorrentIndex;
import org.tunic.index.metainfo.SafeText;
import org.tunic.index.store.Category;
import org.tunic.index.store.Entry;
import org.tunic.tracker.swarm.Counts;

/**
 * Lists of torrents as RSS, for feed readers and, with more attributes, for Torznab.
 *
 * <p>Links begin with the host that was asked: the same index has several names.
 *
 * <p>Spec: RSS 2.0, Torznab. Threads: any, because it has no state.
 */
public final class Feed {
  /** Of feeds. */
  public static final String TYPE = "application/rss+xml; charset=utf-8";

  private static final int MAX_NAME = 200;

  private Feed() {}

  static WebResponse rss(TorrentIndex index, String host, SearchQuery query, List<Entry> entries) {
    String site = "http://" + host;
    Xml xml =
        new Xml()
            .begin("rss", "version", "2.0", "xmlns:atom", "http://www.w3.org/2005/Atom")
            .begin("channel")
            .text("title", index.settings().title())
            .text("link", site + query.link("/search"))
            .text("description", "Torrents, the newest first")
            .empty(
                "atom:link",
                "href",
                site + query.link("/rss"),
                "rel",
                "self",
                "type",
                "application/rss+xml");
    for (Entry entry : entries) {
      xml.begin("item");
      item(xml, site, entry);
      xml.text("category", entry.category().label()).end("item");
    }
    return WebResponse.text(200, TYPE, xml.end("channel").end("rss").toString());
  }

  private static void item(Xml xml, String site, Entry entry) {
    String page = site + Browsing.link(entry.id());
    xml.text("title", SafeText.line(entry.name(), MAX_NAME))
        .text("guid", page, "isPermaLink", "true")
        .text("link", page + ".torrent")
        .text("comments", page)
        .text("pubDate", Texts.mailDate(entry.addedSeconds()))
        .empty(
            "enclosure",
            "url",
            page + ".torrent",
            "length",
            Long.toString(entry.torrent().infoBytes()),
            "type",
            "application/x-bittorrent");
  }

  /** An item as Torznab wants it. */
  public static void torznabItem(Xml xml, TorrentIndex index, String site, Entry entry) {
    xml.begin("item");
    item(xml, site, entry);
    xml.text("size", Long.toString(entry.length()));
    Category category = entry.category();
    xml.text("category", Integer.toString(category.number()));
    attribute(xml, "category", Integer.toString(category.number()));
    if (!category.isParent()) {
      attribute(xml, "category", Integer.toString(category.parent().number()));
    }
    Optional<Counts> counts = index.counts(entry);
    counts.ifPresent(
        c -> {
          attribute(xml, "seeders", Integer.toString(c.complete()));
          attribute(xml, "peers", Integer.toString(c.complete() + c.incomplete()));
          attribute(xml, "grabs", Long.toString(c.downloaded()));
        });
    attribute(xml, "infohash", Bytes.copyOf(entry.id().toArray()).hex());
    attribute(xml, "magneturl", Browsing.magnet(entry, index.settings().trackers()));
    attribute(xml, "size", Long.toString(entry.length()));
    attribute(xml, "files", Integer.toString(entry.files()));
    attribute(xml, "downloadvolumefactor", "1");
    attribute(xml, "uploadvolumefactor", "1");
    xml.end("item");
  }

  private static void attribute(Xml xml, String name, String value) {
    xml.empty("torznab:attr", "name", name, "value", value);
  }
}
