package org.tunic.index.web;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.index.TorrentIndex;
import org.tunic.index.account.FormTokens;
import org.tunic.index.metainfo.SafeText;
import org.tunic.index.store.Account;
import org.tunic.index.store.Entry;
import org.tunic.index.store.LogLine;
import org.tunic.index.store.LogLine.Action;
import org.tunic.index.store.Report;
import org.tunic.index.store.Role;
import org.tunic.tracker.swarm.InfoHash;

/**
 * What moderators and operators do, and the log of it, which everybody may read.
 *
 * <p>Threads: any.
 */
final class Moderating {
  private static final String MODERATE = "moderate";
  private static final String ROLE = "role";
  private static final int LOG_PAGE = 50;
  private static final int MAX_REPORTS = 40;
  private static final int MAX_NAME = 80;
  private static final int MAX_REASON = 200;
  private static final int SHOWN_LINES = 10;
  private static final int MAX_PAGE = 100_000;

  private final TorrentIndex index;
  private final Pages pages;
  private final FormTokens tokens;

  Moderating(TorrentIndex index, Pages pages, FormTokens tokens) {
    this.index = index;
    this.pages = pages;
    this.tokens = tokens;
  }

  /** The info hash of 40 hexadecimal digits. */
  static Optional<InfoHash> torrent(String hex) {
    if (hex.length() != 2 * InfoHash.LENGTH) {
      return Optional.empty();
    }
    try {
      return Optional.of(InfoHash.at(Bytes.fromHex(hex).toArray(), 0));
    } catch (MalformedException e) {
      return Optional.empty();
    }
  }

  // ---- reading

  private String name(InfoHash id) throws IOException {
    return index
        .store()
        .entry(id)
        .map(Entry::name)
        .map(name -> SafeText.line(name, MAX_NAME))
        .orElse(Browsing.hex(id));
  }

  private LogRow row(LogLine line) throws IOException {
    Optional<InfoHash> torrent =
        line.action() == Action.ROLE ? Optional.empty() : torrent(line.subject());
    return new LogRow(
        Texts.date(line.seconds()),
        line.actor(),
        line.action().name().toLowerCase(Locale.ROOT),
        torrent.isPresent() ? name(torrent.get()) : line.subject(),
        torrent.map(Browsing::link).orElse(""),
        SafeText.line(line.reason(), MAX_REASON));
  }

  private List<LogRow> lines(int skip, int most) throws IOException {
    List<LogRow> rows = new ArrayList<>();
    for (LogLine line : index.store().lines(skip, most)) {
      rows.add(row(line));
    }
    return rows;
  }

  WebResponse log(Visit visit) throws IOException {
    int page = visit.request().query().number("page", 0, MAX_PAGE);
    boolean more = index.store().lines() > (page + 1) * LOG_PAGE;
    return pages.log(
        visit, lines(page * LOG_PAGE, LOG_PAGE), more ? "/log?page=" + (page + 1) : "");
  }

  WebResponse moderation(Visit visit) throws IOException {
    if (!visit.may(Role.MODERATOR)) {
      return pages.notFound(visit);
    }
    List<LogRow> reports = new ArrayList<>();
    for (Report report : index.store().reports()) {
      if (reports.size() < MAX_REPORTS) {
        reports.add(
            new LogRow(
                Texts.date(report.seconds()),
                "",
                "report",
                name(report.torrent()),
                Browsing.link(report.torrent()),
                SafeText.line(report.reason(), MAX_REASON)));
      }
    }
    return pages.moderation(
        visit,
        reports,
        lines(0, SHOWN_LINES),
        visit.may(Role.OPERATOR) ? tokens.of(visit.cookie(), ROLE) : "");
  }

  // ---- doing

  private static String reason(Visit visit) {
    String reason = visit.field("reason").strip();
    return reason.substring(0, Math.min(reason.length(), MAX_REASON));
  }

  WebResponse moderate(Visit visit) throws IOException {
    if (!visit.may(Role.MODERATOR)) {
      return pages.notFound(visit);
    }
    if (!tokens.check(visit.cookie(), MODERATE, visit.field("token"))) {
      return pages.stale(visit, "/moderation");
    }
    Optional<InfoHash> torrent = torrent(visit.field("torrent"));
    Optional<Action> action =
        switch (visit.field("action")) {
          case "hide" -> Optional.of(Action.HIDE);
          case "show" -> Optional.of(Action.SHOW);
          case "remove" -> Optional.of(Action.REMOVE);
          case "settle" -> Optional.of(Action.SETTLE);
          default -> Optional.empty();
        };
    if (torrent.isEmpty() || action.isEmpty()) {
      return pages.notFound(visit);
    }
    index.moderate(
        LogLine.about(torrent.get(), index.now(), visit.user(), action.get(), reason(visit)),
        torrent.get());
    return WebResponse.goTo(Browsing.link(torrent.get()));
  }

  WebResponse role(Visit visit) throws IOException {
    if (!visit.may(Role.OPERATOR)) {
      return pages.notFound(visit);
    }
    if (!tokens.check(visit.cookie(), ROLE, visit.field("token"))) {
      return pages.stale(visit, "/moderation");
    }
    Optional<Account> account = index.store().account(visit.field("name"));
    Optional<Role> role =
        Arrays.stream(Role.values())
            .filter(r -> r.name().toLowerCase(Locale.ROOT).equals(visit.field(ROLE)))
            .findFirst();
    if (account.isEmpty() || role.isEmpty()) {
      return pages.message(
          visit, 400, "No such account", "Nobody has that name.", "/moderation", "Back");
    }
    index
        .store()
        .logRole(
            new LogLine(
                index.now(),
                visit.user(),
                Action.ROLE,
                account.get().name(),
                visit.field(ROLE) + (reason(visit).isEmpty() ? "" : ": " + reason(visit))),
            account.get().with(role.get()));
    return WebResponse.goTo("/moderation");
  }
}
