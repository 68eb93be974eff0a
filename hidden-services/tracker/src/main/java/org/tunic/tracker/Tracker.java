package org.tunic.tracker;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import org.tunic.tracker.Answers.Form;
import org.tunic.tracker.Answers.Head;
import org.tunic.tracker.TrackerCounters.Kind;
import org.tunic.tracker.account.Accounts;
import org.tunic.tracker.account.Admission;
import org.tunic.tracker.bencode.BencodeWriter;
import org.tunic.tracker.request.AddressRules;
import org.tunic.tracker.request.AddressRules.Policy;
import org.tunic.tracker.request.AnnounceRequest;
import org.tunic.tracker.request.AnnounceRequest.OnionForm;
import org.tunic.tracker.request.ScrapeRequest;
import org.tunic.tracker.swarm.Announce;
import org.tunic.tracker.swarm.Announced;
import org.tunic.tracker.swarm.Announced.Keeping;
import org.tunic.tracker.swarm.Counts;
import org.tunic.tracker.swarm.InfoHash;
import org.tunic.tracker.swarm.PeerAddress;
import org.tunic.tracker.swarm.PeerStore;
import org.tunic.tracker.swarm.PeerStore.Scraped;

/**
 * A tracker: requests in, answers out.
 *
 * <p>Spec: BEP 3, BEP 21, BEP 31, BEP 48. Threads: any.
 */
public final class Tracker {
  /** What a scrape of a page costs, in announces. */
  static final int PAGE_COST = 100;

  /** Torrents of a scrape that cost as much as an announce. */
  private static final int SCRAPE_COST = 8;

  private static final String CLEARNET_WARNING =
      "this tracker tells other peers the address you announced";
  private static final String FULL_WARNING = "this tracker is full and did not keep your announce";

  private final TrackerSettings settings;
  private final PeerStore store;
  private final AddressRules rules;
  private final Accounts accounts;
  private final TrackerCounters counters;
  private final RecentAnswers recent;
  private volatile ServedTorrents served = ServedTorrents.ALL;

  /**
   * @param rules made of the same settings
   * @param nanoClock monotonic nanoseconds
   */
  public Tracker(
      TrackerSettings settings,
      PeerStore store,
      AddressRules rules,
      Accounts accounts,
      TrackerCounters counters,
      LongSupplier nanoClock) {
    this.settings = settings;
    this.store = store;
    this.rules = rules;
    this.accounts = accounts;
    this.counters = counters;
    this.recent = new RecentAnswers(nanoClock);
  }

  /** Rules for the addresses of peers. */
  public AddressRules rules() {
    return rules;
  }

  /** What it did. */
  public TrackerCounters counters() {
    return counters;
  }

  /** Serves these torrents from now on, and forgets those it serves no more. */
  public void serve(ServedTorrents torrents) {
    served = torrents;
    torrents.blocked().forEach(store::forget);
    recent.clear();
  }

  /** Members and their totals. */
  public Accounts accounts() {
    return accounts;
  }

  /**
   * The answer to an announce that says the same as the last one of its peer, seconds ago; to be
   * asked for before anything else is done with the announce.
   *
   * @param source where it comes from
   */
  public Optional<BencodeWriter> repeated(
      AnnounceRequest request, Optional<InetAddress> source, Visitor visitor) {
    BencodeWriter answer = recent.find(request, source);
    if (answer == null) {
      return Optional.empty();
    }
    if (!visitor.pay(1)) {
      return Optional.of(tooMany());
    }
    counters.count(Kind.REPEATS);
    return Optional.of(answer);
  }

  /**
   * Has what other trackers know of these torrents brought here, before they are asked about.
   *
   * @return completes when that is done; empty if there is nothing to wait for
   */
  public Optional<CompletionStage<Void>> freshen(List<InfoHash> torrents) {
    return store.freshen(torrents);
  }

  /**
   * Whether who has this passkey is served, and as whom.
   *
   * @param passkey of the path; empty if there is none
   */
  public Admission admit(String passkey) {
    return accounts.admit(passkey);
  }

  /**
   * Answers an announce.
   *
   * @param address of the peer, as {@link #rules} decided
   * @param source as it was told to them
   * @param admission as {@link #admit} decided
   */
  public BencodeWriter announce(
      AnnounceRequest request,
      PeerAddress address,
      Optional<InetAddress> source,
      Visitor visitor,
      Admission admission) {
    if (!visitor.pay(1)) {
      return tooMany();
    }
    if (admission instanceof Admission.Refused refused) {
      return notAdmitted(refused);
    }
    if (!served.serves(request.torrent())) {
      counters.count(Kind.NOT_SERVED);
      return Answers.failure("this torrent is not served here", -1);
    }
    boolean named = request.onion() == OnionForm.NAMES;
    boolean onion = request.onion() != OnionForm.UNSAID || address.kind().isOnion();
    Form form =
        named || !request.compact()
            ? Form.DICTIONARIES
            : request.onion() == OnionForm.COMPACT ? Form.COMPACT_ONION : Form.COMPACT;
    Announced result =
        store.announce(
            new Announce(
                request.torrent(),
                request.peer(),
                request.key(),
                request.role(),
                request.event(),
                address,
                visitor.mayAddPeer(),
                onion ? Announce.Wanted.ONION : Announce.Wanted.IP,
                numwant(request),
                form == Form.DICTIONARIES && !request.noPeerId()));
    return switch (result) {
      case Announced.WrongKey() -> {
        counters.count(Kind.WRONG_KEYS);
        yield Answers.failure("this peer is known by another key", 0);
      }
      case Announced.Taken taken -> {
        if (admission instanceof Admission.Member member) {
          accounts.count(member.account(), request);
        }
        BencodeWriter answer = answer(request, address, source, visitor, taken, form);
        recent.put(request, source, answer);
        yield answer;
      }
    };
  }

  private BencodeWriter notAdmitted(Admission.Refused refused) {
    counters.count(Kind.NOT_ADMITTED);
    return Answers.failure(refused.reason(), -1);
  }

  private BencodeWriter answer(
      AnnounceRequest request,
      PeerAddress address,
      Optional<InetAddress> source,
      Visitor visitor,
      Announced.Taken taken,
      Form form) {
    counters.count(Kind.ANNOUNCES);
    if (taken.keeping() == Keeping.ADDED) {
      visitor.addedPeer();
    }
    Optional<Kind> full =
        switch (taken.keeping()) {
          case ADDED, KNOWN, REMOVED -> Optional.empty();
          case NO_ROOM_FOR_TORRENT -> Optional.of(Kind.FULL_OF_TORRENTS);
          case NO_ROOM_FOR_PEER -> Optional.of(Kind.FULL_OF_PEERS);
          case NO_ROOM_IN_SWARM -> Optional.of(Kind.FULL_SWARMS);
          case NOT_ALLOWED -> Optional.of(Kind.FULL_VISITORS);
        };
    full.ifPresent(counters::count);
    if (taken.keeping() == Keeping.KNOWN) {
      counters.count(Kind.KNOWN_PEERS);
    }
    String warning = full.isPresent() ? FULL_WARNING : "";
    boolean told =
        address.kind() == PeerAddress.Kind.IPV4 || address.kind() == PeerAddress.Kind.IPV6;
    if (warning.isEmpty()
        && told
        && rules.policy() == Policy.CLEARNET_OPT_IN
        && taken.keeping() == Keeping.ADDED) {
      warning = CLEARNET_WARNING;
    }
    long interval = interval(request);
    return Answers.announce(
        new Head(
            interval,
            interval / 2,
            taken.counts(),
            source.filter(from -> !from.isLoopbackAddress()),
            warning),
        taken.peers(),
        form);
  }

  /** A tenth more or less than the setting, always the same for one peer. */
  private long interval(AnnounceRequest request) {
    long seconds = settings.interval().toSeconds();
    long spread = Math.max(1, seconds / 5);
    return seconds - spread / 2 + Math.floorMod(request.peer().low(), spread);
  }

  private static int numwant(AnnounceRequest request) {
    return request.numwant() < 0
        ? TrackerSettings.DEFAULT_NUMWANT
        : Math.min(request.numwant(), TrackerSettings.MAX_NUMWANT);
  }

  /** Answers a scrape. */
  public BencodeWriter scrape(ScrapeRequest request, Visitor visitor, Admission admission) {
    int cost = request.isFull() ? PAGE_COST : 1 + request.torrents().size() / SCRAPE_COST;
    if (!visitor.pay(cost)) {
      return tooMany();
    }
    if (admission instanceof Admission.Refused refused) {
      return notAdmitted(refused);
    }
    counters.count(Kind.SCRAPES);
    if (request.isFull()) {
      List<Scraped> page = store.page(request.after().orElse(null), TrackerSettings.SCRAPE_PAGE);
      return Answers.scrape(
          page,
          page.size() < TrackerSettings.SCRAPE_PAGE
              ? Optional.empty()
              : Optional.of(page.getLast()));
    }
    List<Scraped> scraped = new ArrayList<>();
    request.torrents().stream()
        .filter(served::serves)
        .sorted(Comparator.naturalOrder())
        .forEach(torrent -> scraped.add(new Scraped(torrent, store.scrape(torrent))));
    return Answers.scrape(scraped, Optional.empty());
  }

  private BencodeWriter tooMany() {
    counters.count(Kind.RATE_LIMITED);
    return Answers.failure("too many requests", 1);
  }

  /**
   * The answer to a request that is none.
   *
   * @param kind as what it is counted
   * @param reason for the client
   */
  public BencodeWriter failure(Kind kind, String reason) {
    counters.count(kind);
    return Answers.failure(reason, kind == Kind.BUSY ? 1 : 0);
  }

  /** What everybody may know; looks at every swarm, and so costs as much as a page of a scrape. */
  public Optional<Statistics> statistics(Visitor visitor) {
    if (!visitor.pay(PAGE_COST)) {
      counters.count(Kind.RATE_LIMITED);
      return Optional.empty();
    }
    return Optional.of(Statistics.of(store.totals(), counters));
  }

  /** How large the swarm of a torrent is, for an index in the same process. */
  public Counts counts(InfoHash torrent) {
    return store.scrape(torrent);
  }

  /** All swarms in numbers, for an index in the same process. */
  public PeerStore.Totals totals() {
    return store.totals();
  }

  /** Forgets what has not been heard of for too long; to be called once a minute or so. */
  public void expire() {
    counters.add(Kind.EXPIRED_PEERS, store.expire(settings.peerTtl()));
    accounts.expire(settings.peerTtl());
  }
}
