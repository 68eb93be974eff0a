package org.tunic.router.channel;

import java.util.EnumSet;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.cert.PeerCertificates;
import org.tunic.crypto.cert.RelayCredentials;
import org.tunic.crypto.cert.UntrustedCertificateException;
import org.tunic.crypto.digest.Sha;
import org.tunic.crypto.identity.Ed25519Identity;
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
 * The negotiation of the side that opened the connection.
 *
 * <p>A relay shows its certificates only after the responder has proved to be the one it wanted;
 * the transcript allows it, since CLOG is whatever was sent before AUTHENTICATE. C tor sends them
 * earlier.
 *
 * <p>Spec: tor-spec/negotiating-channels
 *
 * <p>Threads: event loop of the socket.
 */
final class InitiatorHandshake implements Handshake {
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
        return EnumSet.of(CellCommand.CERTS);
      }
    }

    /** The responder is known; a relay waits to be asked who it is, or not to be asked. */
    record AwaitChallenge(int linkProtocol, PeerCertificates.Proven responder) implements State {
      @Override
      public Set<CellCommand> accepted() {
        return EnumSet.of(CellCommand.AUTH_CHALLENGE, CellCommand.NETINFO);
      }
    }

    record AwaitNetInfo(int linkProtocol, RelayIds responder) implements State {
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
  private final @Nullable RelayIds expected;
  private final Transcript transcript = new Transcript();
  private final HandshakeOutput output = new HandshakeOutput(transcript);
  private State state = new State.AwaitVersions();

  /**
   * Begins with VERSIONS.
   *
   * @param expected who the responder has to be, or null for anybody
   */
  InitiatorHandshake(HandshakeContext context, @Nullable RelayIds expected) {
    this.context = context;
    this.expected = expected;
    output.send(LINK_PROTOCOLS);
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
  public void on(ChannelMessage message) throws ChannelViolation, ConnectException {
    state =
        switch (new Step(state, message)) {
          case Step(State.AwaitVersions _, Versions theirs) -> agree(theirs);
          case Step(State.AwaitCerts(int protocol), Certs certs) -> identify(protocol, certs);
          case Step(State.AwaitChallenge(int protocol, var responder), AuthChallenge challenge) ->
              answer(protocol, responder, challenge);
          case Step(State.AwaitChallenge(int protocol, var responder), NetInfo theirs) -> {
            if (context.credentials() != null) {
              output.send(context.netInfo()); // nobody asked who we are
            }
            yield finish(protocol, responder.ids(), theirs);
          }
          case Step(State.AwaitNetInfo(int protocol, var responder), NetInfo theirs) ->
              finish(protocol, responder, theirs);
          default -> throw new IllegalStateException("the driver asks before it parses");
        };
  }

  private State agree(Versions theirs) throws ChannelViolation {
    int protocol = LINK_PROTOCOLS.highestCommon(theirs);
    if (protocol == 0) {
      throw new ChannelViolation("no link protocol in common");
    }
    return new State.AwaitCerts(protocol);
  }

  private State identify(int protocol, Certs certs) throws ChannelViolation, ConnectException {
    if (certs.hasDuplicates()) {
      throw new ChannelViolation("a certificate stands twice in CERTS");
    }
    PeerCertificates.Proven responder;
    try {
      responder =
          PeerCertificates.verifyResponder(
              HandshakeContext.bodies(certs),
              context.tls().certificate().toArray(),
              context.clock().instant());
    } catch (UntrustedCertificateException e) {
      throw new ChannelViolation("CERTS of the responder prove nothing");
    }
    if (expected != null && !expected.matches(responder.ids())) {
      throw new ConnectException(
          ConnectException.Reason.IDENTITY, "CERTS prove another identity than expected");
    }
    if (context.credentials() == null) {
      output.send(context.netInfo());
    }
    return new State.AwaitChallenge(protocol, responder);
  }

  private State answer(int protocol, PeerCertificates.Proven responder, AuthChallenge challenge) {
    RelayCredentials own = context.credentials();
    if (own == null) {
      return new State.AwaitNetInfo(protocol, responder.ids());
    }
    Optional<Ed25519Identity> responderEd = responder.ids().ed();
    if (responderEd.isPresent()
        && challenge.methods().contains(Authenticate.ED25519_SHA256_RFC5705)) {
      final Bytes slog = transcript.received();
      output.send(HandshakeContext.certs(own.initiatorCertificates()));
      Bytes cid = own.rsaIdentityKey().sha256();
      var fields =
          new org.tunic.crypto.handshake.authenticate.Authenticate.Fields(
              cid,
              responder.rsaKey().sha256(),
              own.ids().ed().orElseThrow(),
              responderEd.get(),
              slog,
              transcript.sent(),
              Bytes.copyOf(Sha.sha256(context.tls().certificate().toArray())),
              context.tls().authenticationExporter().apply(cid));
      output.send(
          new Authenticate(
              Authenticate.ED25519_SHA256_RFC5705,
              org.tunic.crypto.handshake.authenticate.Authenticate.sign(
                  fields, own.authenticationKey(), context.random())));
    }
    output.send(context.netInfo());
    return new State.AwaitNetInfo(protocol, responder.ids());
  }

  private State finish(int protocol, RelayIds responder, NetInfo theirs) {
    return new State.Finished(
        new Negotiated(
            protocol, responder, context.canonical(theirs), context.skewSeconds(theirs)));
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
      case State.AwaitChallenge(int protocol, _) -> OptionalInt.of(protocol);
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
