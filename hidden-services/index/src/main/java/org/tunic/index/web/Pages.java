package org.tunic.index.web;

import gg.jte.generated.precompiled.JteaboutGenerated;
import gg.jte.generated.precompiled.JteaccountGenerated;
import gg.jte.generated.precompiled.JtedetailsGenerated;
import gg.jte.generated.precompiled.JtehomeGenerated;
import gg.jte.generated.precompiled.JtelogGenerated;
import gg.jte.generated.precompiled.JteloginGenerated;
import gg.jte.generated.precompiled.JtemessageGenerated;
import gg.jte.generated.precompiled.JtemoderationGenerated;
import gg.jte.generated.precompiled.JtereportGenerated;
import gg.jte.generated.precompiled.JtesearchGenerated;
import gg.jte.generated.precompiled.JtestatsGenerated;
import gg.jte.generated.precompiled.JteuploadGenerated;
import gg.jte.html.HtmlTemplateOutput;
import gg.jte.html.OwaspHtmlTemplateOutput;
import gg.jte.output.StringOutput;
import java.util.List;
import java.util.Optional;
import org.tunic.index.account.Challenges.Challenge;
import org.tunic.index.store.Account;
import org.tunic.index.store.Role;

/**
 * Puts records into templates. The templates are classes by now: what does not fit does not
 * compile.
 *
 * <p>Threads: any.
 */
final class Pages {
  private final String site;

  /**
   * @param site its name
   */
  Pages(String site) {
    this.site = site;
  }

  /** Writes a page. */
  private interface Template {
    void render(HtmlTemplateOutput out);
  }

  private static WebResponse page(Visit visit, int status, Template template) {
    StringOutput text = new StringOutput();
    template.render(new OwaspHtmlTemplateOutput(text));
    WebResponse page = WebResponse.text(status, WebResponse.HTML, text.toString());
    return visit.fresh() ? page.withCookie(visit.cookie()) : page;
  }

  Frame frame(Visit visit, String title, String words) {
    return new Frame(
        title,
        site,
        words,
        visit.account().map(Account::name).orElse(""),
        visit.may(Role.MODERATOR));
  }

  private Frame frame(Visit visit, String title) {
    return frame(visit, title, "");
  }

  WebResponse home(Visit visit, List<Facet> facets, List<Row> rows) {
    Frame frame = frame(visit, "Torrents");
    return page(visit, 200, out -> JtehomeGenerated.render(out, null, frame, facets, rows));
  }

  WebResponse results(Visit visit, String title, String words, ResultPage results) {
    Frame frame = frame(visit, title, words);
    return page(visit, 200, out -> JtesearchGenerated.render(out, null, frame, results));
  }

  WebResponse details(Visit visit, Details torrent) {
    Frame frame = frame(visit, torrent.name());
    return page(visit, 200, out -> JtedetailsGenerated.render(out, null, frame, torrent));
  }

  WebResponse upload(Visit visit, String token, Optional<Challenge> challenge, String error) {
    Frame frame = frame(visit, "Upload");
    return page(
        visit,
        error.isEmpty() ? 200 : 400,
        out -> JteuploadGenerated.render(out, null, frame, token, challenge, error));
  }

  WebResponse login(
      Visit visit, String loginToken, String registerToken, Challenge challenge, String error) {
    Frame frame = frame(visit, "Sign in");
    return page(
        visit,
        error.isEmpty() ? 200 : 400,
        out ->
            JteloginGenerated.render(
                out, null, frame, loginToken, registerToken, challenge, error));
  }

  WebResponse account(
      Visit visit, String role, String passwordToken, String logoutToken, String error) {
    Frame frame = frame(visit, "Account");
    return page(
        visit,
        error.isEmpty() ? 200 : 400,
        out ->
            JteaccountGenerated.render(out, null, frame, role, passwordToken, logoutToken, error));
  }

  WebResponse report(
      Visit visit,
      String action,
      String name,
      String token,
      Optional<Challenge> challenge,
      String error) {
    Frame frame = frame(visit, "Report");
    return page(
        visit,
        error.isEmpty() ? 200 : 400,
        out -> JtereportGenerated.render(out, null, frame, action, name, token, challenge, error));
  }

  WebResponse message(
      Visit visit, int status, String title, String text, String link, String linkText) {
    Frame frame = frame(visit, title);
    return page(
        visit, status, out -> JtemessageGenerated.render(out, null, frame, text, link, linkText));
  }

  /** The same words for everything that is not there. */
  WebResponse notFound(Visit visit) {
    return message(visit, 404, "Not found", "There is no such page.", "/", "To the start");
  }

  /** For a form that was not made for this browser, or too long ago. */
  WebResponse stale(Visit visit, String again) {
    return message(
        visit,
        403,
        "Form out of date",
        "The form is too old, or was not made for this browser. Cookies must be allowed for as"
            + " long as the window is open.",
        again,
        "Try again");
  }

  WebResponse statistics(Visit visit, List<Facet> numbers) {
    Frame frame = frame(visit, "Statistics");
    return page(visit, 200, out -> JtestatsGenerated.render(out, null, frame, numbers));
  }

  WebResponse about(Visit visit, List<String> paragraphs, List<String> trackers) {
    Frame frame = frame(visit, "About");
    return page(
        visit, 200, out -> JteaboutGenerated.render(out, null, frame, paragraphs, trackers));
  }

  WebResponse log(Visit visit, List<LogRow> lines, String next) {
    Frame frame = frame(visit, "Moderation log");
    return page(visit, 200, out -> JtelogGenerated.render(out, null, frame, lines, next));
  }

  WebResponse moderation(Visit visit, List<LogRow> reports, List<LogRow> lines, String roleToken) {
    Frame frame = frame(visit, "Moderation");
    return page(
        visit,
        200,
        out -> JtemoderationGenerated.render(out, null, frame, reports, lines, roleToken));
  }
}
