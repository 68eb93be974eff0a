package org.tunic.router.circuit;

import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tunic.crypto.bytes.ByteReader;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.identity.Ed25519Identity;
import org.tunic.crypto.relaycell.tor1.Tor1RelayLayer;
import org.tunic.crypto.secret.SecretBytes;
import org.tunic.router.cell.CellCommand;
import org.tunic.router.cell.CircuitViolation;
import org.tunic.router.cell.DestroyReason;
import org.tunic.router.cell.EstablishIntro;
import org.tunic.router.cell.EstablishRendezvous;
import org.tunic.router.cell.ExtensionList;
import org.tunic.router.cell.IntroDos;
import org.tunic.router.cell.IntroEstablished;
import org.tunic.router.cell.Introduce1;
import org.tunic.router.cell.IntroduceAck;
import org.tunic.router.cell.RelayCommand;
import org.tunic.router.cell.RelayMessage;
import org.tunic.router.cell.Rendezvous1;
import org.tunic.router.cell.Rendezvous2;
import org.tunic.router.cell.RendezvousCookie;
import org.tunic.router.cell.RendezvousEstablished;
import org.tunic.router.channel.CellQueue;
import org.tunic.router.circuit.ServicePoints.EstablishIntroResult;
import org.tunic.router.circuit.ServicePoints.EstablishRendezvousResult;
import org.tunic.router.circuit.ServicePoints.Introduce1Result;
import org.tunic.router.circuit.ServicePoints.Rendezvous1Result;
import org.tunic.router.limits.RateCounter;

/**
 * What the last hop of a circuit does for onion services: introduction point, or rendezvous point.
 *
 * <p>Two circuits that met are one way for cells: what arrives on either from its origin and is not
 * recognised here leaves on the other, backward. So the backward cipher of each, and its queue,
 * then belong to the loop of the other's previous channel, in the way in which {@link RelayCircuit}
 * hands them to the loop of a next channel. The meeting takes three steps: the service's circuit
 * gives its backward half to the client's loop; that one sends RENDEZVOUS2 and gives its own in
 * return; the service's circuit begins. A circuit that closes stops using the other's half first,
 * then tells the other, which closes too and lets the first one's keys be wiped: whoever wipes
 * knows that nobody uses them.
 *
 * <p>Spec: rend-spec/introduction-protocol, rend-spec/rendezvous-protocol. Threads: event loop of
 * the circuit's previous channel; {@link #introduce} any.
 */
final class ServiceEnd {
  private static final Logger log = LoggerFactory.getLogger(ServiceEnd.class);

  /** What the circuit is to onion services. */
  private sealed interface Role {
    /** Nothing. */
    record None() implements Role {}

    /**
     * An introduction point.
     *
     * @param limit INTRODUCE2 that may still go; null for no limit
     */
    record IntroductionPoint(Ed25519Identity authKey, @Nullable Limit limit) implements Role {}

    /** A client that waits for its service. */
    record Waiting(RendezvousCookie cookie) implements Role {}

    /** A service whose client is being told. */
    record Meeting() implements Role {}

    /** Client or service, joined with the other. */
    record Joined(Backward other) implements Role {}

    /** The circuit is closed. */
    record Closed() implements Role {}
  }

  /** The way back to one circuit's origin, and who it is. */
  record Backward(ServiceEnd end, Tor1RelayLayer layer, CellQueue queue) {}

  /** INTRODUCE2 messages that one point passes on. */
  private record Limit(RateCounter counter, int rate, int burst) {
    boolean allows(long nowNanos) {
      counter.refill(rate, burst, nowNanos / 1_000_000_000L);
      return counter.take();
    }
  }

  /** What the circuit does for its end. */
  interface Circuit {
    EventLoop loop();

    /** Whether the previous hop proved to be a relay. */
    boolean previousIsRelay();

    /** Whether this is the last hop and no stream is open. */
    boolean isFree();

    /** Sends a message to the origin. */
    void send(RelayMessage message);

    /** Closes the circuit. */
    void close(DestroyReason reason);

    /** A queue of another circuit, filled from this one, is full. */
    void tooManyCells();

    /** Makes another loop the producer of the queue towards the origin. Threads: the producer's. */
    void handOver(EventLoop to);

    /** The layer and queue towards the origin. */
    Tor1RelayLayer layer();

    CellQueue toPrevious();

    /** KH, which ESTABLISH_INTRO is bound to; wiped with the circuit. */
    SecretBytes binding();

    /** For log lines. */
    String logId();
  }

  private final Circuit circuit;
  private final ServicePoints points;
  private Role role = new Role.None();

  /** Set while {@link Role.Joined}: spares the data path a switch. */
  private @Nullable Backward joined;

  private boolean introduced;

  ServiceEnd(Circuit circuit, ServicePoints points) {
    this.circuit = circuit;
    this.points = points;
  }

  /** Whether the circuit is nothing to onion services: it may be extended, and have streams. */
  boolean isIdle() {
    return role instanceof Role.None;
  }

  /** Whether the way back belongs to another loop, so that nothing may be sent from this one. */
  boolean gaveBackwardAway() {
    return role instanceof Role.Meeting || role instanceof Role.Joined;
  }

  // ---- the data path ----

  /**
   * Passes a cell from the origin on to the other circuit.
   *
   * @param body the cell's body, this hop's layer taken off, not recognised
   * @return false if there is no other circuit
   */
  boolean pass(byte[] body) {
    Backward to = joined;
    if (to == null) {
      return false;
    }
    CellQueue queue = to.queue();
    if (queue.full()) {
      circuit.tooManyCells();
      circuit.close(DestroyReason.RESOURCELIMIT);
    } else {
      to.layer().backward(body, 0, queue.array(), queue.offset());
      queue.commit(CellCommand.RELAY_CODE);
    }
    return true;
  }

  /** The end of a socket read. */
  void onBatchEnd() {
    Backward to = joined;
    if (to != null) {
      to.queue().flush();
    }
  }

  // ---- messages ----

  /**
   * Handles a message of the four that a relay gets.
   *
   * @return false if it is another one
   * @throws CircuitViolation close the circuit
   */
  boolean onMessage(int command, ByteReader body) throws CircuitViolation {
    switch (command) {
      case RelayCommand.ESTABLISH_INTRO -> establishIntro(body);
      case RelayCommand.ESTABLISH_RENDEZVOUS -> establishRendezvous(body);
      case RelayCommand.INTRODUCE1 -> introduce1(body);
      case RelayCommand.RENDEZVOUS1 -> rendezvous1(body);
      default -> {
        return false;
      }
    }
    return true;
  }

  private boolean suitable() {
    return isIdle() && circuit.isFree();
  }

  private static CircuitViolation violation(String what) {
    return new CircuitViolation(what, DestroyReason.PROTOCOL);
  }

  private void establishIntro(ByteReader body) throws CircuitViolation {
    if (!suitable()) {
      points.count(EstablishIntroResult.UNSUITABLE_CIRCUIT);
      throw violation("ESTABLISH_INTRO on a circuit that has another use");
    }
    EstablishIntro message;
    try {
      message = EstablishIntro.decode(body);
    } catch (MalformedException e) {
      points.count(EstablishIntroResult.MALFORMED);
      throw violation("malformed ESTABLISH_INTRO");
    }
    if (!message.isGenuine(circuit.binding())) {
      points.count(EstablishIntroResult.MALFORMED);
      throw violation("ESTABLISH_INTRO with a wrong signature or MAC");
    }
    Role.IntroductionPoint point = new Role.IntroductionPoint(message.authKey(), limit(message));
    if (!points.introduceAt(message.authKey(), this)) {
      throw new CircuitViolation("too many introduction points", DestroyReason.RESOURCELIMIT);
    }
    role = point;
    points.count(EstablishIntroResult.SUCCESS);
    circuit.send(new IntroEstablished(ExtensionList.EMPTY));
  }

  /** What the service asks for counts before what the consensus says; zeros mean no limit. */
  private @Nullable Limit limit(EstablishIntro message) {
    IntroDos wanted = IntroDos.of(message.extensions()).orElse(null);
    if (wanted != null) {
      return wanted.isEnabled() ? limit((int) wanted.ratePerSecond(), (int) wanted.burst()) : null;
    }
    ServicePoints.Rules rules = points.rules();
    return rules.limitIntroductions()
        ? limit(rules.introductionRate(), rules.introductionBurst())
        : null;
  }

  private Limit limit(int rate, int burst) {
    return new Limit(new RateCounter(burst, points.nowNanos() / 1_000_000_000L), rate, burst);
  }

  private void introduce1(ByteReader body) throws CircuitViolation {
    if (!suitable()) {
      throw violation("INTRODUCE1 on a circuit that has another use");
    }
    if (introduced) {
      points.count(Introduce1Result.CIRCUIT_REUSED);
      throw violation("a second INTRODUCE1");
    }
    if (!circuit.previousIsRelay()) {
      points.count(Introduce1Result.SINGLE_HOP);
      throw violation("INTRODUCE1 of a client one hop away");
    }
    introduced = true;
    if (body.remaining() > Introduce1.MAX_LENGTH) {
      points.count(Introduce1Result.MALFORMED);
      circuit.send(IntroduceAck.of(IntroduceAck.BAD_FORMAT));
      return;
    }
    Introduce1 message;
    try {
      message = Introduce1.decode(body);
    } catch (MalformedException e) {
      points.count(Introduce1Result.MALFORMED);
      circuit.send(IntroduceAck.of(IntroduceAck.BAD_FORMAT));
      return;
    }
    ServiceEnd service = points.introduction(message.authKey()).orElse(null);
    if (service == null) {
      points.count(Introduce1Result.UNKNOWN_SERVICE);
      circuit.send(IntroduceAck.of(IntroduceAck.UNKNOWN_SERVICE));
      return;
    }
    service.introduce(message, this);
  }

  /** Brings a client's message to the service of this circuit. Threads: any. */
  private void introduce(Introduce1 message, ServiceEnd client) {
    circuit
        .loop()
        .execute(
            () -> {
              Introduce1Result result = passOn(message);
              points.count(result);
              // A service that takes no more is none, as in C tor.
              int status =
                  result == Introduce1Result.SUCCESS
                      ? IntroduceAck.SUCCESS
                      : IntroduceAck.UNKNOWN_SERVICE;
              client.circuit.loop().execute(() -> client.acknowledge(status));
            });
  }

  private Introduce1Result passOn(Introduce1 message) {
    if (!(role instanceof Role.IntroductionPoint point)) {
      return Introduce1Result.CIRCUIT_DEAD;
    }
    if (point.limit() != null && !point.limit().allows(points.nowNanos())) {
      return Introduce1Result.RATE_LIMITED;
    }
    circuit.send(message.toService());
    return Introduce1Result.SUCCESS;
  }

  private void acknowledge(int status) {
    if (!(role instanceof Role.Closed)) {
      circuit.send(IntroduceAck.of(status));
    }
  }

  private void establishRendezvous(ByteReader body) throws CircuitViolation {
    if (!isIdle()) {
      points.count(EstablishRendezvousResult.UNSUITABLE_CIRCUIT);
      throw violation("ESTABLISH_RENDEZVOUS on a circuit that has another use");
    }
    if (!circuit.previousIsRelay() && points.rules().refuseSingleHop()) {
      points.count(EstablishRendezvousResult.SINGLE_HOP);
      return; // no answer: the client has to wait before it tries elsewhere
    }
    if (!circuit.isFree()) {
      points.count(EstablishRendezvousResult.UNSUITABLE_CIRCUIT);
      throw violation("ESTABLISH_RENDEZVOUS on a circuit that has another use");
    }
    RendezvousCookie cookie;
    try {
      cookie = EstablishRendezvous.decode(body).cookie();
    } catch (MalformedException e) {
      points.count(EstablishRendezvousResult.MALFORMED);
      throw violation("malformed ESTABLISH_RENDEZVOUS");
    }
    if (!points.waitFor(cookie, this)) {
      points.count(EstablishRendezvousResult.DUPLICATE_COOKIE);
      throw violation("ESTABLISH_RENDEZVOUS with a cookie in use");
    }
    role = new Role.Waiting(cookie);
    points.count(EstablishRendezvousResult.SUCCESS);
    circuit.send(new RendezvousEstablished());
  }

  // ---- the meeting ----

  private void rendezvous1(ByteReader body) throws CircuitViolation {
    if (!suitable()) {
      points.count(Rendezvous1Result.UNSUITABLE_CIRCUIT);
      throw violation("RENDEZVOUS1 on a circuit that has another use");
    }
    Rendezvous1 message;
    try {
      message = Rendezvous1.decode(body);
    } catch (MalformedException e) {
      points.count(Rendezvous1Result.MALFORMED);
      throw violation("malformed RENDEZVOUS1");
    }
    ServiceEnd client = points.meet(message.cookie()).orElse(null);
    if (client == null) {
      points.count(Rendezvous1Result.UNKNOWN_COOKIE);
      throw violation("RENDEZVOUS1 with a cookie that nobody waits under");
    }
    role = new Role.Meeting();
    circuit.handOver(client.circuit.loop());
    Backward toService = backward();
    client.circuit.loop().execute(() -> client.join(toService, message.handshakeInfo()));
  }

  private Backward backward() {
    return new Backward(this, circuit.layer(), circuit.toPrevious());
  }

  /** The client's circuit: its service came. */
  private void join(Backward service, Bytes handshakeInfo) {
    if (!(role instanceof Role.Waiting)) {
      points.count(Rendezvous1Result.CIRCUIT_DEAD);
      service.end().circuit.handOver(service.end().circuit.loop());
      service.end().circuit.loop().execute(service.end()::clientIsGone);
      return;
    }
    circuit.send(new Rendezvous2(handshakeInfo));
    circuit.handOver(service.end().circuit.loop());
    role = new Role.Joined(service);
    joined = service;
    points.count(Rendezvous1Result.SUCCESS);
    log.debug("{} joins {}", circuit.logId(), service.end().circuit.logId());
    Backward toClient = backward();
    service.end().circuit.loop().execute(() -> service.end().joined(toClient));
  }

  private void joined(Backward client) {
    if (role instanceof Role.Meeting) {
      role = new Role.Joined(client);
      joined = client;
    } else {
      client.end().circuit.loop().execute(() -> client.end().otherClosed(this));
    }
  }

  private void clientIsGone() {
    if (role instanceof Role.Meeting) {
      role = new Role.None();
      circuit.close(DestroyReason.PROTOCOL);
    } else {
      circuit.layer().close();
    }
  }

  // ---- the end ----

  /** The circuit closes. Wipes its layer, or sees to it that whoever uses it does. */
  void close() {
    Role was = role;
    role = new Role.Closed();
    joined = null;
    switch (was) {
      case Role.IntroductionPoint(Ed25519Identity authKey, var _) -> {
        points.endIntroduction(authKey, this);
        circuit.layer().close();
      }
      case Role.Waiting(RendezvousCookie cookie) -> {
        points.stopWaiting(cookie, this);
        circuit.layer().close();
      }
      case Role.None _ -> circuit.layer().close();
      case Role.Joined(Backward other) ->
          other.end().circuit.loop().execute(() -> other.end().otherClosed(this));
      // The client's loop has the layer; its answer wipes it.
      case Role.Meeting _ -> {}
      case Role.Closed _ -> {}
    }
  }

  /** The other circuit has closed and uses our layer no more; nor do we use its from here on. */
  private void otherClosed(ServiceEnd other) {
    if (!(role instanceof Role.Closed)) {
      role = new Role.None(); // so that closing wipes our layer
      joined = null;
      circuit.close(DestroyReason.DESTROYED);
    } else {
      circuit.layer().close();
    }
    other.circuit.loop().execute(() -> other.circuit.layer().close());
  }
}
