package org.tunic.directory.authority.voting;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.Hex;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.authority.AuthorityConfig;
import org.tunic.directory.authority.AuthorityState;
import org.tunic.directory.doc.keycertificate.KeyCertificate;
import org.tunic.directory.fetch.DirAnswer;
import org.tunic.directory.fetch.DirAuthority;
import org.tunic.directory.fetch.DirFetchException;
import org.tunic.directory.fetch.DirRequest;
import org.tunic.directory.fetch.DirServer;
import org.tunic.directory.fetch.DirectoryTransport;
import org.tunic.directory.netdoc.NetdocText;

/**
 * The conversation between authorities, round after round: send the vote, ask for missing ones,
 * compute, send signatures, ask for missing ones, publish.
 *
 * <p>The steps follow the clock, not each other: a request that takes too long delays nothing. If
 * we start so late in a round that others would refuse our vote, we still compute from theirs and
 * sign.
 *
 * <p>Spec: dir-spec/consensus-negotiation-timeline, dir-spec/exchanging-votes. Threads: one virtual
 * thread for the rounds, one for each request.
 */
public final class VotingRound implements AutoCloseable {
  /**
   * Requests under way at once; more than one round of them to every authority of a large network.
   */
  static final int MAX_REQUESTS = 128;

  /** Descriptors asked of one authority in a round. */
  public static final int MAX_DESCRIPTORS = 96;

  private static final long MAX_SLEEP_MILLIS = 1000;
  private static final int MAX_SIGNATURES_ANSWER = 512 * 1024;
  private static final int MAX_VOTES_ANSWER = 1 << 27;
  private static final int MAX_DESCRIPTORS_ANSWER = 1 << 22;

  private static final Logger log = LoggerFactory.getLogger(VotingRound.class);

  private final AuthorityConfig config;
  private final AuthorityState state;
  private final DirectoryTransport transport;
  private final Sleeper sleeper;
  private final ExecutorService requests;
  private final Semaphore free = new Semaphore(MAX_REQUESTS);
  private @Nullable Thread thread;

  /** Waits for a moment; tests move the clock instead. */
  @FunctionalInterface
  public interface Sleeper {
    /** Returns at {@code when} or later, at once if it has passed. */
    void until(Instant when) throws InterruptedException;
  }

  public VotingRound(
      AuthorityConfig config, AuthorityState state, DirectoryTransport transport, Sleeper sleeper) {
    this(config, state, transport, sleeper, Executors.newVirtualThreadPerTaskExecutor());
  }

  VotingRound(
      AuthorityConfig config,
      AuthorityState state,
      DirectoryTransport transport,
      Sleeper sleeper,
      ExecutorService requests) {
    this.requests = requests;
    this.config = config;
    this.state = state;
    this.transport = transport;
    this.sleeper = sleeper;
  }

  /** Begins with the round that is going on. */
  public synchronized void start() {
    thread = Thread.ofVirtual().name("voting").start(this::run);
  }

  @Override
  public synchronized void close() {
    if (thread != null) {
      thread.interrupt();
    }
    requests.shutdownNow();
  }

  private void run() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        round();
      }
    } catch (InterruptedException e) {
      log.debug("voting ends");
    } catch (RuntimeException e) {
      log.error("voting broke", e);
      throw e;
    }
  }

  /** One whole round. */
  void round() throws InterruptedException {
    VotingSchedule round = state.schedule();
    fetchMissingCertificates();
    sleeper.until(round.votingStarts());
    if (!state.schedule().equals(round)) {
      return; // a consensus arrived that changes the times
    }
    boolean inTime = state.isBefore(round.fetchMissingVotes());
    if (inTime) {
      sendVote();
    }
    sleeper.until(round.fetchMissingVotes());
    fetchMissingVotes();
    sleeper.until(round.votingEnds());
    state.compute().ifPresent(signatures -> post("/tor/post/consensus-signature", signatures));
    sleeper.until(round.fetchMissingSignatures());
    if (state.lacksSignatures()) {
      fetchMissingSignatures();
    }
    sleeper.until(round.validAfter());
    fetchMissingDescriptors();
    state.publish(round);
  }

  /**
   * Without its certificate we could not check the signature of an authority whose vote we miss. It
   * also opens the connections before there is any hurry.
   */
  private void fetchMissingCertificates() {
    for (DirAuthority other : config.others()) {
      if (state.lacksCertificate(other.v3().orElseThrow())) {
        get(
            List.of(other),
            "/tor/keys/authority.z",
            KeyCertificate.MAX_LENGTH,
            state::fetchedCertificates);
      }
    }
  }

  private void sendVote() {
    NetdocText vote = state.vote();
    log.debug("our vote has {} bytes", vote.length());
    post("/tor/post/vote", vote);
  }

  private void post(String path, NetdocText document) {
    Bytes body = Bytes.copyOf(document.bytes());
    for (DirAuthority other : config.others()) {
      request(
          other,
          DirRequest.post(path, body),
          answer -> {
            if (answer.status() != 200) {
              log.warn(
                  "authority {} refused what we posted to {}: {}",
                  other.nickname(),
                  path,
                  answer.reason());
            }
          });
    }
  }

  private void fetchMissingVotes() {
    List<RsaIdentity> missing = state.missingVotes();
    if (missing.isEmpty()) {
      return;
    }
    log.info("votes of {} authorities are missing, asking the others", missing.size());
    String path =
        "/tor/status-vote/next/"
            + String.join("+", missing.stream().map(RsaIdentity::hex).toList())
            + ".z";
    get(config.others(), path, MAX_VOTES_ANSWER, body -> state.fetchedVotes(NetdocText.of(body)));
  }

  private void fetchMissingSignatures() {
    String path = "/tor/status-vote/next/consensus-signatures.z";
    get(config.others(), path, MAX_SIGNATURES_ANSWER, state::postSignatures);
  }

  private void fetchMissingDescriptors() {
    for (DirAuthority other : config.others()) {
      List<String> digests = new ArrayList<>();
      for (Bytes digest : state.missingDescriptors(other.v3().orElseThrow(), MAX_DESCRIPTORS)) {
        digests.add(Hex.encodeUpper(digest.toArray()));
      }
      if (!digests.isEmpty()) {
        String path = "/tor/server/d/" + String.join("+", digests) + ".z";
        get(List.of(other), path, MAX_DESCRIPTORS_ANSWER, state::fetchedDescriptors);
      }
    }
  }

  private void get(List<DirAuthority> targets, String path, int maxBytes, Consumer<byte[]> taker) {
    for (DirAuthority target : targets) {
      request(
          target,
          DirRequest.get(path, maxBytes),
          answer -> {
            if (answer.status() == 200) {
              taker.accept(answer.body().toArray());
            } else {
              log.debug("authority {} answers {} to {}", target.nickname(), answer.status(), path);
            }
          });
    }
  }

  private void request(DirAuthority target, DirRequest request, Consumer<DirAnswer> taker) {
    if (!free.tryAcquire()) {
      log.warn("too many requests to other authorities under way");
      return;
    }
    requests.execute(
        () -> {
          try {
            taker.accept(transport.exchange(new DirServer.Authority(target), request));
          } catch (DirFetchException e) {
            log.info("no answer from authority {}: {}", target.nickname(), e.reason());
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          } finally {
            free.release();
          }
        });
  }

  /** How a running node waits. The clock may be set meanwhile, so it looks every second. */
  public static Sleeper sleeper(InstantSource clock) {
    return when -> {
      Duration left = Duration.between(clock.instant(), when);
      while (left.isPositive()) {
        TimeUnit.MILLISECONDS.sleep(Math.min(left.toMillis() + 1, MAX_SLEEP_MILLIS));
        left = Duration.between(clock.instant(), when);
      }
    };
  }
}
