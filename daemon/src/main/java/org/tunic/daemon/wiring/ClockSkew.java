package org.tunic.daemon.wiring;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.doc.consensus.ConsensusFlavor;
import org.tunic.directory.fetch.DirAnswer;
import org.tunic.directory.fetch.DirectoryTransport;
import org.tunic.directory.netdoc.NetdocTime;
import org.tunic.directory.serve.HttpTime;
import org.tunic.router.channel.ChannelEvent;

/**
 * Tells the operator when the clock seems wrong: by NETINFO cells, by the Date of directory
 * answers, by a consensus from the future.
 *
 * <p>Thresholds and levels are C tor's: only what an authority says is worth a warning, others are
 * believed at info. Unlike C tor's lines ours name no address, and of each kind of source one line
 * an hour is written: a node with a wrong clock would say it at every connection.
 *
 * <p>Spec: tor-spec/negotiating-channels#NETINFO-cells
 *
 * <p>Threads: guarded by itself.
 */
final class ClockSkew {
  /** Difference of a NETINFO cell that is told. */
  static final Duration NETINFO = Duration.ofHours(1);

  /** Difference of a directory answer that is told. */
  static final Duration DIRECTORY = Duration.ofMinutes(30);

  /** How much earlier than its first signatures a consensus may appear. */
  static final Duration EARLY_CONSENSUS = Duration.ofMinutes(1);

  /** One line of a kind in this time. */
  static final Duration PAUSE = Duration.ofHours(1);

  private static final Logger LOG = LoggerFactory.getLogger(ClockSkew.class);

  private enum Source {
    NETINFO_OF_AUTHORITY,
    NETINFO_OF_RELAY,
    DATE_OF_AUTHORITY,
    DATE_OF_CACHE,
    CONSENSUS
  }

  private final InstantSource clock;
  private final Predicate<RsaIdentity> authority;
  private final Predicate<RsaIdentity> relay;
  private final Map<Source, Instant> told = new EnumMap<>(Source.class);
  private final Map<ConsensusFlavor, Instant> judged = new EnumMap<>(ConsensusFlavor.class);

  /**
   * @param authority whether a relay is one of the directory authorities
   * @param relay whether the consensus lists a relay
   */
  ClockSkew(InstantSource clock, Predicate<RsaIdentity> authority, Predicate<RsaIdentity> relay) {
    this.clock = clock;
    this.authority = authority;
    this.relay = relay;
  }

  /** A channel opened: what NETINFO said, if we chose the peer or the consensus lists it. */
  void netInfo(ChannelEvent.Opened opened) {
    if (opened.peer().isEmpty()) {
      return; // a client may say what it likes
    }
    RsaIdentity peer = opened.peer().get().rsa();
    boolean trusted = authority.test(peer);
    if (opened.initiator() || trusted || relay.test(peer)) {
      tell(
          trusted ? Source.NETINFO_OF_AUTHORITY : Source.NETINFO_OF_RELAY,
          Duration.ofSeconds(-opened.clockSkewSeconds()),
          NETINFO,
          trusted,
          "NETINFO cell",
          "OR");
    }
  }

  /** The same transport, whose answers' dates are looked at. */
  DirectoryTransport watching(DirectoryTransport transport) {
    return (server, request) -> {
      // As C tor: by the time of the request, for the answer may take long to come.
      Instant asked = clock.instant();
      DirAnswer answer = transport.exchange(server, request);
      answer
          .headers()
          .get("Date")
          .flatMap(HttpTime::parse)
          .ifPresent(date -> directory(server.ids().rsa(), asked, date));
      return answer;
    };
  }

  private void directory(RsaIdentity server, Instant asked, Instant date) {
    boolean trusted = authority.test(server);
    tell(
        trusted ? Source.DATE_OF_AUTHORITY : Source.DATE_OF_CACHE,
        Duration.between(date, asked),
        DIRECTORY,
        trusted,
        "directory",
        "DIRSERV");
  }

  /**
   * A consensus was taken: enough authorities signed it, so it cannot be from the future.
   *
   * @param distSeconds how long before {@code validAfter} it may have been signed
   */
  synchronized void consensus(ConsensusFlavor flavor, Instant validAfter, int distSeconds) {
    if (validAfter.equals(judged.put(flavor, validAfter))) {
      return; // C tor looks when it comes, not every time it is used
    }
    Duration apparent = Duration.between(validAfter, clock.instant());
    Duration earliest = EARLY_CONSENSUS.plusSeconds(distSeconds).negated();
    if (apparent.compareTo(earliest) < 0 && mayTell(Source.CONSENSUS)) {
      LOG.warn(
          "Our clock is {} behind the time published in the consensus network status document ({}"
              + " UTC). Without the right time this node cannot work: please check time and date.",
          interval(apparent),
          NetdocTime.format(validAfter));
    }
  }

  private synchronized void tell(
      Source source,
      Duration apparent,
      Duration least,
      boolean trusted,
      String received,
      String from) {
    if (apparent.abs().compareTo(least) <= 0 || !mayTell(source)) {
      return;
    }
    boolean ahead = apparent.isPositive();
    LOG.atLevel(trusted ? Level.WARN : Level.DEBUG)
        .log(
            "Received {} with skewed time ({}): It seems that our clock is {} by {}, or that theirs"
                + " is {}{}. Please check time, time zone and date of this machine.",
            received,
            from,
            ahead ? "ahead" : "behind",
            interval(apparent),
            ahead ? "behind" : "ahead",
            trusted ? "" : ", or they are sending us the wrong time");
  }

  private boolean mayTell(Source source) {
    Instant now = clock.instant();
    Instant last = told.get(source);
    if (last != null && Duration.between(last, now).abs().compareTo(PAUSE) < 0) {
      return false;
    }
    told.put(source, now);
    return true;
  }

  /** As C tor writes it: the two or three largest units. */
  static String interval(Duration time) {
    Duration abs = time.abs();
    if (abs.toDays() > 0) {
      return "%d days, %d hours, %d minutes"
          .formatted(abs.toDays(), abs.toHoursPart(), abs.toMinutesPart());
    }
    if (abs.toHours() > 0) {
      return "%d hours, %d minutes".formatted(abs.toHours(), abs.toMinutesPart());
    }
    return abs.toMinutes() > 0
        ? "%d minutes, %d seconds".formatted(abs.toMinutes(), abs.toSecondsPart())
        : "%d seconds".formatted(abs.toSeconds());
  }
}
