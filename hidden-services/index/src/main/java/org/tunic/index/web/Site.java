package org.tunic.index.web;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.index.TorrentIndex;
import org.tunic.index.account.Challenges;
import org.tunic.index.account.FormTokens;
import org.tunic.index.account.Passwords;
import org.tunic.index.account.Quota;
import org.tunic.index.account.Sessions;
import org.tunic.index.catalogue.Catalogue;
import org.tunic.index.metainfo.MetainfoParser;
import org.tunic.index.store.Account;
import org.tunic.index.torznab.Torznab;
import org.tunic.tracker.swarm.InfoHash;

/**
 * Answers requests.
 *
 * <p>Threads: any; a call may read and write the disk.
 */
public final class Site {
  /** Bytes of a body: a torrent, and what else is in the form. */
  public static final int MAX_BODY_BYTES = MetainfoParser.MAX_BYTES + (64 << 10);

  /** Bytes of a body that is not for {@link #UPLOAD}. */
  public static final int MAX_FORM_BYTES = 16 << 10;

  /** The one path that takes a large body. */
  public static final String UPLOAD = "/upload";

  private static final Logger LOG = LoggerFactory.getLogger(Site.class);
  private static final String FORM = "application/x-www-form-urlencoded";
  private static final String CBOR = "application/cbor";
  private static final String TORRENT_PATH = "/t/";
  private static final String REPORT_PATH = "/report/";
  private static final String PROOF_PATH = "/catalogue/proof/";
  private static final String TORRENT_SUFFIX = ".torrent";
  private static final String ROBOTS = "User-agent: *\nDisallow: /\n";

  private final TorrentIndex index;
  private final Pages pages;
  private final Sessions sessions;
  private final Browsing browsing;
  private final Bringing bringing;
  private final People people;
  private final Moderating moderating;
  private final Torznab torznab;
  private final byte[] style;

  /**
   * @param random for cookies, tokens and salts
   */
  public Site(TorrentIndex index, InstantSource clock, SecureRandom random) {
    this.index = index;
    this.pages = new Pages(index.settings().title());
    this.sessions = new Sessions(random, clock);
    FormTokens tokens = new FormTokens(random, clock);
    Challenges challenges = new Challenges(random, clock);
    Quota strangers = new Quota(clock, index.settings().anonymousPerHour());
    this.browsing = new Browsing(index, pages, tokens);
    this.bringing =
        new Bringing(
            index,
            pages,
            tokens,
            challenges,
            strangers,
            new Quota(clock, index.settings().uploadsPerHour()));
    this.people =
        new People(index, pages, tokens, challenges, sessions, new Passwords(random), strangers);
    this.moderating = new Moderating(index, pages, tokens);
    this.torznab = new Torznab(index);
    this.style = resource("style.css");
  }

  private static byte[] resource(String name) {
    try (InputStream in = Site.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the program lacks " + name);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Answers a request. */
  public WebResponse answer(WebRequest request) {
    Visit visit = visit(request);
    try {
      return request.post() ? post(visit) : get(visit);
    } catch (IOException | RuntimeException e) {
      LOG.error("A request could not be answered.", e);
      return pages.message(
          visit, 500, "Out of order", "Something went wrong here.", "/", "To the start");
    }
  }

  private Visit visit(WebRequest request) {
    String cookie = request.cookie();
    boolean usable = cookie.length() == Sessions.COOKIE_LENGTH;
    Optional<Account> account =
        usable ? sessions.account(cookie).flatMap(index.store()::account) : Optional.empty();
    WebRequest read =
        request.post() && request.contentType().startsWith(FORM)
            ? new WebRequest(
                true,
                request.path(),
                Query.parse(new String(request.body().toArray(), StandardCharsets.UTF_8)),
                request.host(),
                cookie,
                request.contentType(),
                request.body())
            : request;
    return new Visit(read, usable ? cookie : sessions.cookie(), !usable, account);
  }

  private WebResponse get(Visit visit) throws IOException {
    String path = visit.request().path();
    return switch (path) {
      case "/" -> browsing.home(visit);
      case "/search" -> browsing.search(visit);
      case "/rss" -> browsing.rss(visit);
      case "/api" -> torznab.answer(visit.request());
      case UPLOAD -> bringing.uploadForm(visit, "");
      case "/login" -> people.loginForm(visit, "");
      case "/account" -> people.accountForm(visit, "");
      case "/stats" -> browsing.statistics(visit);
      case "/about" -> pages.about(visit, index.settings().about(), index.settings().trackers());
      case "/log" -> moderating.log(visit);
      case "/moderation" -> moderating.moderation(visit);
      case "/catalogue" -> catalogue(visit);
      case "/robots.txt" -> WebResponse.text(200, "text/plain; charset=utf-8", ROBOTS);
      case "/style.css" -> WebResponse.of(200, "text/css; charset=utf-8", style).forLong();
      default -> below(visit, path);
    };
  }

  private WebResponse below(Visit visit, String path) throws IOException {
    if (path.startsWith(TORRENT_PATH)) {
      String name = path.substring(TORRENT_PATH.length());
      boolean file = name.endsWith(TORRENT_SUFFIX);
      Optional<InfoHash> id =
          torrent(file ? name.substring(0, name.length() - TORRENT_SUFFIX.length()) : name);
      if (id.isPresent()) {
        return file ? browsing.torrent(visit, id.get()) : browsing.details(visit, id.get());
      }
    } else if (path.startsWith(REPORT_PATH)) {
      Optional<InfoHash> id = torrent(path.substring(REPORT_PATH.length()));
      if (id.isPresent()) {
        return bringing.reportForm(visit, id.get(), "");
      }
    } else if (path.startsWith(PROOF_PATH)) {
      Optional<InfoHash> id = torrent(path.substring(PROOF_PATH.length()));
      if (id.isPresent()) {
        Catalogue catalogue = index.catalogue();
        return cbor(catalogue.proof(index.store(), id.get()));
      }
    }
    return pages.notFound(visit);
  }

  /** Of a name in an address: 40 digits, or the 64 of a hash of the second version. */
  private static Optional<InfoHash> torrent(String hex) {
    return Moderating.torrent(hex.length() == 64 ? hex.substring(0, 2 * InfoHash.LENGTH) : hex);
  }

  private WebResponse catalogue(Visit visit) throws IOException {
    Catalogue catalogue = index.catalogue();
    Optional<String> from = visit.request().query().find("from");
    if (from.isEmpty()) {
      return cbor(catalogue.summary());
    }
    int place = visit.request().query().number("from", 0, catalogue.leaves());
    return cbor(catalogue.page(index.store(), place));
  }

  private static WebResponse cbor(Bytes body) {
    return WebResponse.of(200, CBOR, body.toArray());
  }

  private WebResponse post(Visit visit) throws IOException {
    String path = visit.request().path();
    return switch (path) {
      case UPLOAD -> bringing.upload(visit);
      case "/login" -> people.login(visit);
      case "/register" -> people.register(visit);
      case "/logout" -> people.logout(visit);
      case "/account" -> people.changePassword(visit);
      case "/moderate" -> moderating.moderate(visit);
      case "/role" -> moderating.role(visit);
      default -> {
        Optional<InfoHash> id =
            path.startsWith(REPORT_PATH)
                ? torrent(path.substring(REPORT_PATH.length()))
                : Optional.empty();
        yield id.isPresent() ? bringing.report(visit, id.get()) : pages.notFound(visit);
      }
    };
  }
}
