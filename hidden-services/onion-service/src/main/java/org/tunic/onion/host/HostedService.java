package org.tunic.onion.host;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.hs.HsId;
import org.tunic.crypto.hs.HsIdKeypair;
import org.tunic.crypto.hs.TimePeriod;
import org.tunic.directory.doc.hsdescriptor.FlowControlOffer;
import org.tunic.directory.doc.hsdescriptor.HsDescriptor;
import org.tunic.directory.doc.hsdescriptor.HsDescriptorContent;
import org.tunic.directory.fetch.DirFetchException;
import org.tunic.directory.hsdir.DescriptorSlot;
import org.tunic.directory.hsdir.HsDirSchedule;
import org.tunic.directory.netdoc.DocumentSyntaxException;
import org.tunic.directory.view.NetworkView;
import org.tunic.directory.view.Relay;
import org.tunic.onion.host.IntroductionPoint.Outcome;
import org.tunic.router.cell.Introduce2;
import org.tunic.router.circuit.service.ServicePurpose;
import org.tunic.router.congestion.FlowParameters;
import org.tunic.router.path.PathSelector;

/**
 * One onion service: keeps its introduction points established and its two descriptors published.
 * What introductions bring, {@link Reception} answers.
 *
 * <p>The service's thread takes what happened from an inbox and then asks {@link #progress} what is
 * due; nothing is remembered about what ought to happen later. The inbox needs no bound of its own:
 * it holds an entry for each introduction point and each upload under way, and one for each new
 * view of the network.
 *
 * <p>Spec: rend-spec/hsdesc, rend-spec/introduction-protocol. Threads: one virtual thread (the
 * service's) runs {@link #run} and owns all state; {@link #wake}, {@link #use}, {@link #sign} and
 * {@link #close} any.
 */
final class HostedService implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(HostedService.class);

  /** Without all introduction points a descriptor is published after this time all the same. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final Duration LONGEST_SLEEP = Duration.ofSeconds(30);
  private static final Duration SHORT_SLEEP = Duration.ofSeconds(1);

  /**
   * While no point is reached the pause doubles, up to this: a second hop that lets nothing through
   * makes us build one circuit for each point in this time.
   */
  private static final Duration LONGEST_BACKOFF = Duration.ofSeconds(10);

  private final HsIdKeypair identity;
  private final ServiceWorld world;
  private final HsCounters counters = new HsCounters();
  private final Reception reception;
  private final LinkedBlockingQueue<Runnable> inbox = new LinkedBlockingQueue<>();
  private final CompletableFuture<Void> published = new CompletableFuture<>();
  private final List<IntroductionPoint> points = new ArrayList<>();
  private final IntroductionLaunches launches = new IntroductionLaunches();
  private final Map<TimePeriod, PublishedDescriptor> descriptors = new HashMap<>();
  private volatile ServiceSettings settings;
  private volatile boolean closing;
  private @Nullable PuzzleDesk puzzles;

  /** Since when some introduction point is missing; null if none is. */
  private @Nullable Instant incompleteSince;

  private Instant nextPoint = Instant.MIN;
  private Duration backoff = SHORT_SLEEP;

  HostedService(
      HsIdKeypair identity, ServiceSettings settings, ServiceWorld world, Reception.Limits limits) {
    this.identity = identity;
    this.settings = settings;
    this.world = world;
    this.reception = new Reception(world, counters, () -> this.settings, this::wake, limits);
  }

  HsId id() {
    return identity.id();
  }

  /** Introductions that wait. Threads: any. */
  RendezvousQueue queue() {
    return reception.queue();
  }

  /** What it did. Threads: any. */
  HsCounters counters() {
    return counters;
  }

  /** Its virtual ports. Threads: any. */
  Set<Integer> ports() {
    return settings.ports().keySet();
  }

  /** Circuits of visitors now. Threads: any. */
  int visitors() {
    return reception.visitors();
  }

  /**
   * Done when directories have both descriptors for the first time; cancelled if it ends before.
   */
  CompletableFuture<Void> published() {
    return published;
  }

  /** Other settings. Threads: any. */
  void use(ServiceSettings newSettings) {
    settings = newSettings;
    wake();
  }

  /** Threads: any. */
  Bytes sign(String domain, Bytes message) {
    synchronized (identity) {
      if (closing) {
        throw new IllegalStateException("the service has ended");
      }
      return identity.sign(domain, message);
    }
  }

  /** Something may be due: another view of the network. Threads: any. */
  void wake() {
    tell(() -> {});
  }

  /** Ends the service. Threads: any. */
  void close() {
    synchronized (identity) {
      closing = true;
    }
    wake();
  }

  /** The service's thread runs this. Threads: any. */
  void tell(Runnable event) {
    inbox.add(event);
  }

  @Override
  public void run() {
    try {
      while (!closing) {
        Duration sleep = turn();
        Runnable event = inbox.poll(Math.max(1, sleep.toMillis()), TimeUnit.MILLISECONDS);
        for (; event != null; event = inbox.poll()) {
          handle(event);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      published.cancel(false);
      reception.close();
      points.forEach(IntroductionPoint::close);
      descriptors.values().forEach(PublishedDescriptor::close);
      synchronized (identity) {
        closing = true;
        identity.close();
      }
    }
  }

  private static void handle(Runnable event) {
    try {
      event.run();
    } catch (RuntimeException e) {
      log.error("An onion service stumbled over what happened; this is a bug", e);
    }
  }

  private Duration turn() {
    try {
      return progress(world.clock().instant());
    } catch (RuntimeException e) {
      log.error("An onion service stumbled; this is a bug", e);
      return LONGEST_SLEEP;
    }
  }

  // ---- what is due ----

  /** Does what is due and returns how long nothing else is. */
  private Duration progress(Instant now) {
    Optional<PathSelector> network = world.circuits().network();
    if (network.isEmpty()) {
      return SHORT_SLEEP;
    }
    ServiceSettings service = settings;
    NetworkView view = network.get().view();
    HsDirSchedule schedule = HsDirSchedule.of(view, world.testingNetwork());
    List<DescriptorSlot> slots = List.of(schedule.first(), schedule.second());
    tendKeys(slots);
    Instant next = earlier(now.plus(LONGEST_SLEEP), tendPuzzles(service, now));
    next = earlier(next, tendPoints(network.get(), service, now));
    if (mayPublish(service, now)) {
      HsDescriptorContent content = content(service);
      for (DescriptorSlot slot : slots) {
        next = earlier(next, publish(view, slot, service, content, now));
      }
    } else {
      next = earlier(next, now.plus(SHORT_SLEEP));
    }
    Duration receptionNext = reception.progress(now);
    Duration sleep = Duration.between(now, next);
    return receptionNext.compareTo(sleep) < 0 ? receptionNext : sleep;
  }

  private static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }

  /** The keys of the periods whose descriptors are up. */
  private void tendKeys(List<DescriptorSlot> slots) {
    descriptors
        .entrySet()
        .removeIf(
            entry -> {
              boolean past = slots.stream().noneMatch(s -> s.period().equals(entry.getKey()));
              if (past) {
                entry.getValue().close();
              }
              return past;
            });
    for (DescriptorSlot slot : slots) {
      descriptors.computeIfAbsent(
          slot.period(), _ -> new PublishedDescriptor(identity, slot, world.random()));
    }
  }

  private Instant tendPuzzles(ServiceSettings service, Instant now) {
    PowDefence defence = service.pow().orElse(null);
    if (defence == null) {
      puzzles = null;
    } else if (puzzles == null) {
      puzzles = new PuzzleDesk(world.random(), now);
    }
    reception.use(
        new Reception.Keys(
            descriptors.values().stream().map(PublishedDescriptor::subcredential).toList(),
            descriptors.values().stream().map(PublishedDescriptor::id).toList()),
        puzzles,
        defence,
        now);
    PuzzleDesk desk = puzzles;
    if (desk == null) {
      counters.suggestedEffort(0);
      return Instant.MAX;
    }
    Instant next = desk.progress(reception.queue(), now);
    counters.suggestedEffort(desk.suggestedEffort());
    return next;
  }

  // ---- introduction points ----

  private Instant tendPoints(PathSelector network, ServiceSettings service, Instant now) {
    points.removeIf(
        point -> {
          boolean over = point.isOver(now) || !network.view().lists(point.relay().ids().rsa());
          if (over) {
            if (point.isWornOut()) {
              launches.avoid(point.relay().ids().rsa(), now);
            }
            point.close();
          }
          return over;
        });
    while (points.size() > service.introPoints()) {
      points.removeLast().close();
    }
    if (now.isBefore(nextPoint)) {
      return nextPoint;
    }
    while (points.size() < service.introPoints()) {
      Optional<Relay> relay =
          network.chooseMiddle(
              candidate ->
                  candidate.proto().supports("HSIntro", 4)
                      && !isPoint(candidate)
                      && !launches.isAvoided(candidate.ids().rsa(), now),
              world.random());
      if (relay.isEmpty()) {
        nextPoint = now.plus(LONGEST_SLEEP);
        break;
      }
      points.add(new IntroductionPoint(relay.get(), network.view().params(), now, world.random()));
    }
    ServicePurpose purpose =
        service.singleHop() ? ServicePurpose.DIRECT : ServicePurpose.SERVICE_INTRODUCTION;
    for (IntroductionPoint point : points) {
      if (!launches.mayLaunch(service.introPoints(), now)) {
        return launches.periodEnd();
      }
      if (point.claim()) {
        launches.launched();
        Thread.ofVirtual()
            .name("introduction point")
            .start(() -> establish(point, purpose, service));
      }
    }
    return Instant.MAX;
  }

  private boolean isPoint(Relay candidate) {
    return points.stream()
        .anyMatch(point -> point.relay().ids().rsa().equals(candidate.ids().rsa()));
  }

  private void establish(IntroductionPoint point, ServicePurpose purpose, ServiceSettings service) {
    Outcome outcome = Outcome.FAILED;
    Instant start = world.clock().instant();
    try {
      outcome =
          point.establish(
              world.circuits(),
              purpose,
              service.introDos(),
              introduction -> introduced(point, introduction));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Outcome settled = outcome;
    tell(() -> onSettled(settled));
    if (settled == Outcome.ESTABLISHED) {
      counters.pointEstablished(Duration.between(start, world.clock().instant()));
      point.whenGone(
          () -> {
            counters.pointLost();
            wake();
          });
    }
  }

  private void onSettled(Outcome outcome) {
    Instant now = world.clock().instant();
    switch (outcome) {
      case ESTABLISHED -> {
        backoff = SHORT_SLEEP;
        nextPoint = earlier(nextPoint, now.plus(SHORT_SLEEP));
      }
      // Once a second, as C tor: a point that is dead is soon given up for another one.
      case FAILED -> nextPoint = now.plus(SHORT_SLEEP);
      case NO_WAY -> {
        launches.cancelled();
        if (now.isBefore(nextPoint)) {
          return; // launched with one that has failed already
        }
        nextPoint = now.plus(backoff);
        backoff = backoff.multipliedBy(2);
        if (backoff.compareTo(LONGEST_BACKOFF) > 0) {
          backoff = LONGEST_BACKOFF;
        }
      }
    }
  }

  /** Threads: event loop of the point's circuit. */
  private void introduced(IntroductionPoint point, Introduce2 introduction) {
    reception.onIntroduction(point, introduction);
  }

  // ---- descriptors ----

  /** All points first, or one after some time: visitors should not all come to the same. */
  private boolean mayPublish(ServiceSettings service, Instant now) {
    long established = points.stream().filter(IntroductionPoint::isEstablished).count();
    if (established >= service.introPoints()) {
      incompleteSince = null;
      return true;
    }
    if (incompleteSince == null) {
      incompleteSince = now;
    }
    return established > 0 && !now.isBefore(incompleteSince.plus(PATIENCE));
  }

  private HsDescriptorContent content(ServiceSettings service) {
    FlowParameters parameters = world.flow().parameters().get();
    PuzzleDesk desk = puzzles;
    return new HsDescriptorContent(
        false,
        service.singleHop(),
        parameters.congestionControl()
            ? new FlowControlOffer("1-2", parameters.incrementCells())
            : null,
        desk == null ? null : desk.parameters(),
        points.stream()
            .filter(IntroductionPoint::isEstablished)
            .map(IntroductionPoint::description)
            .toList());
  }

  /** Brings a descriptor where it is missing; returns when something else is due. */
  private Instant publish(
      NetworkView view,
      DescriptorSlot slot,
      ServiceSettings service,
      HsDescriptorContent content,
      Instant now) {
    PublishedDescriptor descriptor = descriptors.get(slot.period());
    if (descriptor == null) {
      return Instant.MAX;
    }
    Optional<HsDescriptor> current;
    try {
      int maxLength =
          view.params()
              .get("HSV3MaxDescriptorSize", HsDescriptor.DEFAULT_MAX_LENGTH, 1, Integer.MAX_VALUE);
      current = descriptor.current(content, service.clients(), slot.runStart(), maxLength, now);
    } catch (DocumentSyntaxException e) {
      log.warn(
          "The descriptor of an onion service is too long to be published: it needs fewer"
              + " authorised clients or introduction points");
      return Instant.MAX;
    }
    if (current.isEmpty()) {
      return Instant.MAX;
    }
    HsDescriptor form = current.get();
    for (Relay directory : descriptor.due(descriptor.responsible(view, slot), now)) {
      Thread.ofVirtual().name("descriptor upload").start(() -> bring(descriptor, form, directory));
    }
    return descriptor.next().orElse(Instant.MAX);
  }

  private void bring(PublishedDescriptor descriptor, HsDescriptor form, Relay directory) {
    boolean stored = false;
    try {
      int status = world.directories().publish(directory, form.text()).status();
      stored = status == 200;
      log.debug("a directory of onion services answered {} to a descriptor", status);
    } catch (DirFetchException e) {
      log.debug("a directory of onion services did not answer: {}", e.reason());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      log.error("A descriptor could not be uploaded; this is a bug", e);
    }
    boolean taken = stored;
    counters.uploaded(taken);
    tell(
        () -> {
          descriptor.brought(directory.ids().rsa(), form, taken, world.clock().instant());
          if (descriptors.values().stream().allMatch(PublishedDescriptor::isStored)) {
            if (published.complete(null)) {
              log.info("The descriptors of an onion service are published: it can be visited");
            }
          }
        });
  }
}
