package org.tunic.onion.host;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.handshake.hsntor.IntroPointKeys;
import org.tunic.crypto.hs.Subcredential;
import org.tunic.crypto.key.Ed25519Keypair;
import org.tunic.crypto.key.NtorOnionKeypair;
import org.tunic.directory.doc.hsdescriptor.HsIntroPoint;
import org.tunic.directory.view.ConsensusParameters;
import org.tunic.directory.view.Relay;
import org.tunic.router.cell.DestroyReason;
import org.tunic.router.cell.EstablishIntro;
import org.tunic.router.cell.ExtensionList;
import org.tunic.router.cell.IntroDos;
import org.tunic.router.cell.Introduce2;
import org.tunic.router.cell.RelayCommand;
import org.tunic.router.circuit.CircuitFailedException;
import org.tunic.router.circuit.HopSpec;
import org.tunic.router.circuit.OriginCircuit;
import org.tunic.router.circuit.service.ServiceCircuits;
import org.tunic.router.circuit.service.ServicePurpose;

/**
 * A relay that brings introductions, with the keys that only this service uses there, and only for
 * this while.
 *
 * <p>It lasts 18 to 24 hours, or 16384 to 32768 introductions, if the consensus says nothing else:
 * then another takes its place, so that no relay can count a service's visitors for long.
 *
 * <p>Spec: rend-spec/introduction-protocol#EST_INTRO. Threads: guarded by this; {@link #establish}
 * blocks, on a virtual thread.
 */
final class IntroductionPoint {
  private static final int LEAST_LIFE_SECONDS = 18 * 3600;
  private static final int MOST_LIFE_SECONDS = 24 * 3600;
  private static final int LEAST_INTRODUCTIONS = 16384;
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(20);

  /**
   * Circuits launched to one point in its whole life; when the last is gone the point is given up.
   * C tor's {@code MAX_INTRO_POINT_CIRCUIT_RETRIES} and the first. Success does not begin the count
   * anew: a hostile relay can establish and hang up as often as it likes.
   */
  static final int MAX_CIRCUITS = 4;

  /** Of a circuit for {@link ServicePurpose#SERVICE_INTRODUCTION}, whatever the layers. */
  private static final int HOPS_BEFORE = 3;

  /** What came of {@link #establish}. */
  enum Outcome {
    /** Introductions can come. */
    ESTABLISHED,
    /** The point failed. */
    FAILED,
    /** A relay on the way to it failed, which is no fault of the point's and does not count. */
    NO_WAY
  }

  private final Relay relay;
  private final Ed25519Keypair authKey;
  private final NtorOnionKeypair encKey;
  private final ReplayCache.OfPoint replays = new ReplayCache.OfPoint();
  private final Instant expires;
  private final int maxIntroductions;
  private @Nullable OriginCircuit circuit;
  private boolean establishing;
  private boolean closed;
  private int launches;

  IntroductionPoint(Relay relay, ConsensusParameters params, Instant now, SecureRandom random) {
    this.relay = relay;
    this.authKey = Ed25519Keypair.generate(random);
    this.encKey = NtorOnionKeypair.generate(random);
    int least = params.get("hs_intro_min_lifetime", LEAST_LIFE_SECONDS, 0, Integer.MAX_VALUE);
    int most = params.get("hs_intro_max_lifetime", MOST_LIFE_SECONDS, 0, Integer.MAX_VALUE);
    this.expires = now.plusSeconds(random.nextLong(least, Math.max(least, most) + 1L));
    int few =
        params.get("hs_intro_min_introduce2", LEAST_INTRODUCTIONS, 0, ReplayCache.OfPoint.MAX);
    int many =
        params.get("hs_intro_max_introduce2", ReplayCache.OfPoint.MAX, 0, ReplayCache.OfPoint.MAX);
    this.maxIntroductions = random.nextInt(few, Math.max(few, many) + 1);
  }

  Relay relay() {
    return relay;
  }

  /** What the descriptor says of it. */
  HsIntroPoint description() {
    return new HsIntroPoint(
        relay.linkSpecifiers(),
        relay.ntor(),
        new IntroPointKeys(authKey.identity(), encKey.publicKey()));
  }

  /** Whether introductions can come now. */
  synchronized boolean isEstablished() {
    return circuit != null && circuit.isOpen();
  }

  /** Whether it has to be replaced. */
  synchronized boolean isOver(Instant now) {
    return !now.isBefore(expires) || replays.size() >= maxIntroductions || isWornOut();
  }

  /** Whether all circuits that may be launched to it came to an end. */
  synchronized boolean isWornOut() {
    return !establishing && !isEstablished() && launches >= MAX_CIRCUITS;
  }

  /** Whether a circuit is wanted; if so the caller builds it. */
  synchronized boolean claim() {
    if (establishing || closed || isEstablished() || launches >= MAX_CIRCUITS) {
      return false;
    }
    launches++;
    establishing = true;
    return true;
  }

  /**
   * Opens an introduction that came here.
   *
   * @return empty if it is not good, was seen before, or this point is closed
   */
  synchronized Optional<Introduction> open(
      Introduce2 sealed, List<Subcredential> subcredentials, boolean allowPrivate) {
    if (closed) {
      return Optional.empty();
    }
    Optional<Introduction> opened =
        Introduction.open(sealed, authKey, encKey, subcredentials, allowPrivate);
    // Only now: what nobody sealed to us must not fill the cache.
    if (opened.isPresent() && !replays.isFresh(sealed.encrypted())) {
      opened.get().close();
      return Optional.empty();
    }
    return opened;
  }

  /**
   * Builds a circuit and establishes the point; after {@link #claim}.
   *
   * @param introductions told of what comes, on the circuit's event loop
   */
  Outcome establish(
      ServiceCircuits builder,
      ServicePurpose purpose,
      Optional<IntroDos> dos,
      Consumer<Introduce2> introductions)
      throws InterruptedException {
    OriginCircuit built = null;
    Outcome outcome = Outcome.FAILED;
    try {
      built = builder.build(HopSpec.of(relay), purpose);
      CompletableFuture<Void> established = new CompletableFuture<>();
      built.closed().thenRun(() -> established.cancel(false));
      built.listen((command, body) -> onMessage(command, body, established, introductions));
      ExtensionList asks =
          dos.filter(_ -> relay.proto().supports("HSIntro", 5))
              .map(limit -> new ExtensionList(List.of(limit.extension())))
              .orElse(ExtensionList.EMPTY);
      built.tell(binding -> EstablishIntro.sign(authKey, asks, binding)).get();
      established.get(ANSWER_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
      outcome = Outcome.ESTABLISHED;
    } catch (CircuitFailedException e) {
      boolean before = purpose != ServicePurpose.DIRECT && e.hop() <= HOPS_BEFORE;
      outcome = before ? Outcome.NO_WAY : Outcome.FAILED;
    } catch (ExecutionException | TimeoutException | CancellationException e) {
      // Tried again, or elsewhere, by whoever asks whether we are established.
    } finally {
      boolean keep = settle(outcome, built);
      if (built != null && !keep) {
        built.close(DestroyReason.FINISHED);
      }
    }
    return outcome;
  }

  /** Returns whether the circuit is kept. */
  private synchronized boolean settle(Outcome outcome, @Nullable OriginCircuit built) {
    establishing = false;
    switch (outcome) {
      case ESTABLISHED -> {
        circuit = built;
        return !closed;
      }
      case NO_WAY -> launches--;
      case FAILED -> {}
    }
    return false;
  }

  /** Runs once the circuit is closed; after {@link #establish}. */
  synchronized void whenGone(Runnable task) {
    if (circuit != null) {
      circuit.closed().thenRun(task);
    }
  }

  private static void onMessage(
      int command,
      Bytes body,
      CompletableFuture<Void> established,
      Consumer<Introduce2> introductions) {
    if (command == RelayCommand.INTRO_ESTABLISHED) {
      established.complete(null);
    } else if (command == RelayCommand.INTRODUCE2 && established.isDone()) {
      try {
        introductions.accept(Introduce2.decode(body.reader()));
      } catch (MalformedException e) {
        // The introduction point passes on what clients write: a bad message is no fault of its.
      }
    }
  }

  /** Closes its circuit and wipes its keys. */
  void close() {
    OriginCircuit open;
    synchronized (this) {
      closed = true;
      open = circuit;
      authKey.close();
      encKey.close();
    }
    if (open != null) {
      open.close(DestroyReason.FINISHED);
    }
  }
}
