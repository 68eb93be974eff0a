package org.tunic.index.web;

import java.io.IOException;
import java.util.Optional;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.index.TorrentIndex;
import org.tunic.index.TorrentIndex.Description;
import org.tunic.index.Uploaded;
import org.tunic.index.account.Challenges;
import org.tunic.index.account.Challenges.Challenge;
import org.tunic.index.account.FormTokens;
import org.tunic.index.account.Quota;
import org.tunic.index.metainfo.SafeText;
import org.tunic.index.store.Category;
import org.tunic.index.store.Entry;
import org.tunic.index.store.Report;
import org.tunic.index.store.Role;
import org.tunic.tracker.swarm.InfoHash;

/**
 * What visitors bring: torrents and reports. A visitor without a name solves a challenge, and all
 * of them share one quota.
 *
 * <p>Threads: any.
 */
final class Bringing {
  private static final String UPLOAD = "upload";
  private static final int MAX_REASON = 300;
  private static final String TOO_MANY =
      "There were too many within the hour. Try again later, or ask for an account that may more.";
  private static final String NOT_SOLVED =
      "That was not the answer, or it was tried before. Here is another question.";

  private final TorrentIndex index;
  private final Pages pages;
  private final FormTokens tokens;
  private final Challenges challenges;
  private final Quota strangers;
  private final Quota accounts;

  Bringing(
      TorrentIndex index,
      Pages pages,
      FormTokens tokens,
      Challenges challenges,
      Quota strangers,
      Quota accounts) {
    this.index = index;
    this.pages = pages;
    this.tokens = tokens;
    this.challenges = challenges;
    this.strangers = strangers;
    this.accounts = accounts;
  }

  private boolean isTrusted(Visit visit) {
    return visit.may(Role.UPLOADER);
  }

  private Optional<Challenge> challenge(Visit visit) {
    return isTrusted(visit) ? Optional.empty() : Optional.of(challenges.next());
  }

  private boolean isSolved(Visit visit, Query form) {
    return isTrusted(visit) || challenges.solve(form.get("challenge"), form.get("answer"));
  }

  private boolean mayMore(Visit visit) {
    return visit.may(Role.MODERATOR)
        || (visit.account().isPresent() ? accounts : strangers).take(visit.user());
  }

  // ---- torrents

  WebResponse uploadForm(Visit visit, String error) {
    if (visit.account().isEmpty() && !index.settings().anonymousUploads()) {
      return pages.message(
          visit, 403, "Sign in", "Only accounts may upload here.", "/login", "Sign in");
    }
    return pages.upload(visit, tokens.of(visit.cookie(), UPLOAD), challenge(visit), error);
  }

  WebResponse upload(Visit visit) throws IOException {
    Optional<Multipart> form =
        Multipart.boundary(visit.request().contentType())
            .flatMap(b -> Multipart.parse(visit.request().body().toArray(), b));
    if (form.isEmpty()) {
      return uploadForm(visit, "The form did not come whole.");
    }
    Query fields = form.get().fields();
    if (!tokens.check(visit.cookie(), UPLOAD, fields.get("token"))) {
      return pages.stale(visit, "/upload");
    }
    if (visit.account().isEmpty() && !index.settings().anonymousUploads()) {
      return uploadForm(visit, "");
    }
    Bytes file = form.get().files().getOrDefault("torrent", Bytes.EMPTY);
    Optional<Category> category = Category.of(fields.number("category", 0, 999_999));
    if (file.length() == 0 || category.isEmpty()) {
      return uploadForm(visit, "A torrent and a category are needed.");
    }
    if (!isSolved(visit, fields)) {
      return uploadForm(visit, NOT_SOLVED);
    }
    if (!mayMore(visit)) {
      return uploadForm(visit, TOO_MANY);
    }
    Uploaded uploaded =
        index.upload(
            file.toArray(),
            new Description(
                category.get(),
                fields.get("tags"),
                fields.get("description"),
                fields.get("private").equals("1"),
                visit.user()));
    return switch (uploaded) {
      case Uploaded.Added(var entry) -> WebResponse.goTo(Browsing.link(entry.id()));
      case Uploaded.Known(var id) ->
          pages.message(
              visit,
              409,
              "Already here",
              "This torrent is in the index already.",
              Browsing.link(id),
              "To its page");
      case Uploaded.Refused(var reason) ->
          uploadForm(visit, "The torrent was not taken: " + reason + ".");
    };
  }

  // ---- reports

  WebResponse reportForm(Visit visit, InfoHash id, String error) throws IOException {
    Optional<Entry> entry = index.store().entry(id);
    if (entry.isEmpty()) {
      return pages.notFound(visit);
    }
    String action = "/report/" + Browsing.hex(id);
    return pages.report(
        visit,
        action,
        SafeText.line(entry.get().name(), Browsing.MAX_NAME),
        tokens.of(visit.cookie(), action),
        challenge(visit),
        error);
  }

  WebResponse report(Visit visit, InfoHash id) throws IOException {
    String action = "/report/" + Browsing.hex(id);
    if (!tokens.check(visit.cookie(), action, visit.field("token"))) {
      return pages.stale(visit, action);
    }
    String reason = visit.field("reason").strip();
    if (reason.isEmpty()) {
      return reportForm(visit, id, "Say what is wrong.");
    }
    if (!isSolved(visit, visit.request().query())) {
      return reportForm(visit, id, NOT_SOLVED);
    }
    boolean kept =
        mayMore(visit)
            && index
                .store()
                .report(
                    new Report(
                        id,
                        index.now(),
                        reason.substring(0, Math.min(reason.length(), MAX_REASON))));
    return kept
        ? pages.message(
            visit, 200, "Thank you", "Moderators will look at it.", Browsing.link(id), "Back")
        : pages.message(
            visit,
            429,
            "Too many reports",
            "This torrent was reported already, or there are more reports than can be looked at.",
            Browsing.link(id),
            "Back");
  }
}
