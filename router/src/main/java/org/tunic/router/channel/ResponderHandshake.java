package org.tunic.router.channel;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.cert.PeerCertificates;
import org.tunic.crypto.cert.RelayCredentials;
import org.tunic.crypto.cert.UntrustedCertificateException;
import org.tunic.crypto.digest.Sha;
import org.tunic.crypto.identity.RelayIds;
import org.tunic.router.cell.AuthChallenge;
import org.tunic.router.cell.Authenticate;
import org.tunic.router.cell.CellCommand;
import org.tunic.router.cell.Certs;
import org.tunic.router.cell.ChannelMessage;
import org.tunic.router.cell.ChannelViolation;
import org.tunic.router.cell.NetInfo;
import org.tunic.router.cell.Versions;

/**
 * The negotiation of the side that accepted the connection, which is always a relay.
 *
 * <p>An initiator that sends no AUTHENTICATE is a client, certificates or not.
 *
 * <p>Spec: tor-spec/negotiating-channels
 *
 * <p>Threads: event loop of the socket.
 */
final class ResponderHandshake implements Handshake {
  /** What AUTH_CHALLENGE offers: type 1 is named by C tor too, and by nobody used. */
  private static final List<Integer> METHODS = List.of(Authenticate.ED25519_SHA256_RFC5705);

  private sealed interface State {
    Set<CellCommand> accepted();

    record AwaitVersions() implements State {
      @Override
      public Set<CellCommand> accepted() {
        return EnumSet.of(CellCommand.VERSIONS);
      }
    }

    record AwaitCerts(int linkProtocol) implements State {
      @Override
      public Set<CellCommand> accepted() {
        return EnumSet.of(CellCommand.CERTS, CellCommand.NETINFO);
      }
    }

    /** The initiator showed certificates; it has to prove that the key is its own. */
    record AwaitAuthenticate(int linkProtocol, PeerCertificates.Proven initiator) implements State {
      @Override
      public Set<CellCommand> accepted() {
        return EnumSet.of(CellCommand.AUTHENTICATE, CellCommand.NETINFO);
      }
    }

    record AwaitNetInfo(int linkProtocol, RelayIds initiator) implements State {
      @Override
      public Set<CellCommand> accepted() {
        return EnumSet.of(CellCommand.NETINFO);
      }
    }

    record Finished(Negotiated negotiated) implements State {
      @Override
      public Set<CellCommand> accepted() {
        return EnumSet.noneOf(CellCommand.class);
      }
    }
  }

  private record Step(State state, ChannelMessage message) {}

  private final HandshakeContext context;
  private final RelayCredentials own;
  private final Transcript transcript = new Transcript();
  private final HandshakeOutput output = new HandshakeOutput(transcript);
  private Bytes slog = Bytes.EMPTY; // of all up to AUTH_CHALLENGE
  private State state = new State.AwaitVersions();

  /**
   * Waits for VERSIONS.
   *
   * @throws IllegalArgumentException if the context has no credentials
   */
  ResponderHandshake(HandshakeContext context) {
    RelayCredentials credentials = context.credentials();
    if (credentials == null) {
      throw new IllegalArgumentException("only a relay accepts connections");
    }
    this.context = context;
    this.own = credentials;
  }

  @Override
  public boolean accepts(CellCommand command) {
    return state.accepted().contains(command);
  }

  @Override
  public void received(byte[] cell) {
    transcript.addReceived(cell);
  }

  @Override
  public void on(ChannelMessage message) throws ChannelViolation {
    state =
        switch (new Step(state, message)) {
          case Step(State.AwaitVersions _, Versions theirs) -> introduce(theirs);
          case Step(State.AwaitCerts(int protocol), Certs certs) -> check(protocol, certs);
          case Step(State.AwaitCerts(int protocol), NetInfo theirs) ->
              finish(protocol, null, theirs);
          case Step(State.AwaitAuthenticate(int protocol, var initiator), Authenticate proof) ->
              authenticate(protocol, initiator, proof);
          case Step(State.AwaitAuthenticate(int protocol, _), NetInfo theirs) ->
              finish(protocol, null, theirs);
          case Step(State.AwaitNetInfo(int protocol, var initiator), NetInfo theirs) ->
              finish(protocol, initiator, theirs);
          default -> throw new IllegalStateException("the driver asks before it parses");
        };
  }

  private State introduce(Versions theirs) throws ChannelViolation {
    int protocol = LINK_PROTOCOLS.highestCommon(theirs);
    if (protocol == 0) {
      throw new ChannelViolation("no link protocol in common");
    }
    byte[] challenge = new byte[AuthChallenge.CHALLENGE_LENGTH];
    context.random().nextBytes(challenge);
    output.send(LINK_PROTOCOLS);
    output.send(HandshakeContext.certs(own.responderCertificates()));
    output.send(new AuthChallenge(Bytes.copyOf(challenge), METHODS));
    slog = transcript.sent();
    output.send(context.netInfo());
    return new State.AwaitCerts(protocol);
  }

  private State check(int protocol, Certs certs) throws ChannelViolation {
    if (certs.hasDuplicates()) {
      throw new ChannelViolation("a certificate stands twice in CERTS");
    }
    try {
      return new State.AwaitAuthenticate(
          protocol,
          PeerCertificates.verifyInitiator(
              HandshakeContext.bodies(certs), context.clock().instant()));
    } catch (UntrustedCertificateException e) {
      throw new ChannelViolation("CERTS of the initiator prove nothing");
    }
  }

  private State authenticate(int protocol, PeerCertificates.Proven initiator, Authenticate proof)
      throws ChannelViolation {
    Bytes cid = initiator.rsaKey().sha256();
    var expected =
        new org.tunic.crypto.handshake.authenticate.Authenticate.Fields(
            cid,
            own.rsaIdentityKey().sha256(),
            initiator.ids().ed().orElseThrow(),
            own.ids().ed().orElseThrow(),
            slog,
            transcript.received(),
            Bytes.copyOf(Sha.sha256(context.tls().certificate().toArray())),
            context.tls().authenticationExporter().apply(cid));
    if (proof.type() != Authenticate.ED25519_SHA256_RFC5705
        || !org.tunic.crypto.handshake.authenticate.Authenticate.verify(
            proof.authentication().toArray(), expected, initiator.authentication().orElseThrow())) {
      throw new ChannelViolation("AUTHENTICATE proves nothing");
    }
    return new State.AwaitNetInfo(protocol, initiator.ids());
  }

  private State finish(int protocol, @Nullable RelayIds initiator, NetInfo theirs) {
    return new State.Finished(
        new Negotiated(
            protocol,
            initiator,
            initiator != null && context.canonical(theirs),
            context.skewSeconds(theirs)));
  }

  @Override
  public byte[] takeOutput() {
    return output.take();
  }

  @Override
  public OptionalInt linkProtocol() {
    return switch (state) {
      case State.AwaitVersions _ -> OptionalInt.empty();
      case State.AwaitCerts(int protocol) -> OptionalInt.of(protocol);
      case State.AwaitAuthenticate(int protocol, _) -> OptionalInt.of(protocol);
      case State.AwaitNetInfo(int protocol, _) -> OptionalInt.of(protocol);
      case State.Finished(var negotiated) -> OptionalInt.of(negotiated.linkProtocol());
    };
  }

  @Override
  public Optional<Negotiated> negotiated() {
    return state instanceof State.Finished(var negotiated)
        ? Optional.of(negotiated)
        : Optional.empty();
  }
}
