package org.tunic.router.cell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.net.InetAddress;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.tunic.crypto.bytes.ByteReader;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.identity.Ed25519Identity;
import org.tunic.testing.SeededRandom;

/** What is encoded decodes to the same; random bytes are refused in one way only. */
class CodecPropertyTest {
  /** Decodes the body of a relay message. */
  private interface Decoder {
    RelayMessage decode(ByteReader in) throws MalformedException;
  }

  private static final List<Decoder> DECODERS =
      List.of(
          Begin::decode,
          Connected::decode,
          End::decode,
          Extend2::decode,
          Extended2::decode,
          Sendme::decode,
          Truncate::decode,
          Truncated::decode,
          Resolve::decode,
          Resolved::decode,
          Xoff::decode,
          Xon::decode,
          EstablishIntro::decode,
          IntroEstablished::decode,
          Introduce1::decode,
          Introduce2::decode,
          IntroduceAck::decode,
          EstablishRendezvous::decode,
          RendezvousEstablished::decode,
          Rendezvous1::decode,
          Rendezvous2::decode,
          CircuitPaddingNegotiate::decode,
          CircuitPaddingNegotiated::decode);

  private static Bytes bytes(SeededRandom random, int max) {
    return Bytes.copyOf(random.bytes(random.nextInt(max + 1)));
  }

  private static InetAddress address(SeededRandom random) throws Exception {
    byte[] value = random.bytes(random.nextBoolean() ? 4 : 16);
    value[0] = 32; // neither a mapped IPv4 address nor four zeros
    return InetAddress.getByAddress(value);
  }

  private static String host(SeededRandom random) {
    StringBuilder host = new StringBuilder();
    int length = random.nextInt(1, 200);
    for (int i = 0; i < length; i++) {
      host.append((char) random.nextInt('a', 'z' + 1));
    }
    return host.toString();
  }

  private static ExtensionList extensions(SeededRandom random) {
    return new ExtensionList(
        IntStream.range(0, random.nextInt(3))
            .mapToObj(i -> new ExtensionList.Extension(random.nextInt(256), bytes(random, 30)))
            .toList());
  }

  private static List<ChannelMessage> channelMessages(SeededRandom random) throws Exception {
    NetInfo.Address[] addresses =
        IntStream.range(0, random.nextInt(5))
            .mapToObj(i -> new NetInfo.Address(random.nextInt(256), bytes(random, 20)))
            .toArray(NetInfo.Address[]::new);
    return List.of(
        new Padding(),
        new VPadding(random.nextInt(2000)),
        new Create2(new HandshakeType(random.nextInt(65536)), bytes(random, 505)),
        new Created2(bytes(random, 507)),
        new CreateFast(Bytes.copyOf(random.bytes(20))),
        new CreatedFast(Bytes.copyOf(random.bytes(20)), Bytes.copyOf(random.bytes(20))),
        new Destroy(new DestroyReason(random.nextInt(256))),
        new Versions(random.ints(random.nextInt(9), 0, 65536).boxed().toList()),
        new Certs(
            IntStream.range(0, random.nextInt(9))
                .mapToObj(i -> new Certs.Entry(random.nextInt(256), bytes(random, 900)))
                .toList()),
        new AuthChallenge(
            Bytes.copyOf(random.bytes(32)),
            random.ints(random.nextInt(9), 0, 65536).boxed().toList()),
        new Authenticate(random.nextInt(65536), bytes(random, 500)),
        new NetInfo(
            random.nextLong(1L << 32), NetInfo.Address.of(address(random)), List.of(addresses)),
        new PaddingNegotiate(
            random.nextInt(256),
            random.nextInt(256),
            random.nextInt(65536),
            random.nextInt(65536)));
  }

  @RepeatedTest(200)
  void channelMessage_encodedAndDecoded_isTheSame(RepetitionInfo repetition) throws Exception {
    SeededRandom random = new SeededRandom(repetition.getCurrentRepetition());
    for (ChannelMessage message : channelMessages(random)) {
      byte[] cell = CellEncoder.encode(message.command().ofCircuit() ? 0x80000001 : 0, message);
      int header = message instanceof Versions ? 5 : message.command().variableLength() ? 7 : 5;
      assertEquals(
          message,
          ChannelMessage.decode(
              message.command(), new ByteReader(cell, header, cell.length - header)),
          random::toString);
    }
  }

  @RepeatedTest(200)
  void relayMessage_encodedAndDecoded_isTheSame(RepetitionInfo repetition) throws Exception {
    SeededRandom random = new SeededRandom(repetition.getCurrentRepetition());
    long ttl = random.nextLong(1L << 32);
    Bytes specifiers = new ByteWriter().u8(1).u8(2).u8(20).bytes(random.bytes(20)).toBytes();
    Ed25519Identity authKey = Ed25519Identity.of(random.bytes(32));
    Bytes encrypted = Bytes.copyOf(random.bytes(random.nextInt(1, 400)));
    ExtensionList extensions = extensions(random);
    List<RelayMessage> messages =
        List.of(
            new Begin(host(random), random.nextInt(1, 65536), random.nextInt(8)),
            new Begin("2001:db8::7", 443, 0),
            new Connected(address(random), ttl),
            Connected.WITHOUT_ADDRESS,
            new End(new EndReason(random.nextInt(5, 256))),
            new End(EndReason.EXITPOLICY, address(random), ttl),
            new Extend2(specifiers, new HandshakeType(random.nextInt(65536)), bytes(random, 300)),
            new Extended2(bytes(random, 490)),
            Sendme.UNAUTHENTICATED,
            Sendme.authenticated(Bytes.copyOf(random.bytes(20))),
            new Truncate(new DestroyReason(random.nextInt(256))),
            new Truncated(new DestroyReason(random.nextInt(256))),
            new Resolve(host(random)),
            new Resolved(
                List.of(
                    Resolved.Answer.of(address(random), ttl),
                    Resolved.Answer.ofHostname("example.com", ttl),
                    Resolved.Answer.error(random.nextBoolean(), ttl))),
            new Xoff(0),
            new Xon(0, ttl),
            new EstablishIntro(
                authKey,
                extensions,
                Bytes.copyOf(random.bytes(32)),
                Bytes.copyOf(random.bytes(64))),
            new IntroEstablished(extensions),
            new Introduce1(authKey, extensions, encrypted),
            new Introduce2(authKey, extensions, encrypted),
            new IntroduceAck(random.nextInt(65536), extensions),
            new EstablishRendezvous(RendezvousCookie.generate(random)),
            new RendezvousEstablished(),
            new Rendezvous1(RendezvousCookie.generate(random), bytes(random, 148)),
            new Rendezvous2(Bytes.copyOf(random.bytes(random.nextInt(64, 200)))),
            new CircuitPaddingNegotiate(random.nextInt(1, 3), random.nextInt(256), ttl),
            new CircuitPaddingNegotiated(
                random.nextInt(1, 3), random.nextInt(1, 3), random.nextInt(256), ttl));
    for (RelayMessage message : messages) {
      ByteWriter body = new ByteWriter();
      message.encode(body);
      RelayMessage again = null;
      for (Decoder decoder : DECODERS) {
        try {
          RelayMessage read = decoder.decode(new ByteReader(body.toArray()));
          if (read.command() == message.command()) {
            again = read;
          }
        } catch (MalformedException e) {
          // of another command
        }
      }
      assertNotNull(again, random::toString);
      assertEquals(message, again, random::toString);
    }
  }

  @RepeatedTest(300)
  void randomBytes_throwNothingButViolations(RepetitionInfo repetition) {
    SeededRandom random = new SeededRandom(1000 + repetition.getCurrentRepetition());
    byte[] body = random.bytes(random.nextInt(600));
    if (random.nextBoolean() && body.length > 0) {
      body[0] = (byte) random.nextInt(4); // small counts get further
    }
    for (CellCommand command : CellCommand.values()) {
      if (command != CellCommand.RELAY && command != CellCommand.RELAY_EARLY) {
        try {
          assertNotNull(ChannelMessage.decode(command, new ByteReader(body)));
        } catch (ProtocolViolation v) {
          assertEquals(
              command.ofCircuit(), v instanceof CircuitViolation, () -> command + " " + random);
        }
      }
    }
    for (Decoder decoder : DECODERS) {
      try {
        assertNotNull(decoder.decode(new ByteReader(body)));
      } catch (MalformedException e) {
        // the one way
      }
    }
  }
}
