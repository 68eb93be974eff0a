package org.tunic.onion.client;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.handshake.hsntor.HsNtorService;
import org.tunic.crypto.handshake.hsntor.IntroPointKeys;
import org.tunic.crypto.hs.HsBlindedKeypair;
import org.tunic.crypto.hs.HsId;
import org.tunic.crypto.hs.HsIdKeypair;
import org.tunic.crypto.key.Ed25519Keypair;
import org.tunic.crypto.key.NtorOnionKeypair;
import org.tunic.directory.doc.hsdescriptor.HsDescriptor;
import org.tunic.directory.doc.hsdescriptor.HsDescriptorContent;
import org.tunic.directory.doc.hsdescriptor.HsDescriptorWriter;
import org.tunic.directory.doc.hsdescriptor.HsIntroPoint;
import org.tunic.directory.doc.hsdescriptor.PowParameters;
import org.tunic.directory.hsdir.DescriptorSlot;
import org.tunic.directory.hsdir.HsDirSchedule;
import org.tunic.directory.view.Relay;
import org.tunic.onion.OnionNetwork;
import org.tunic.router.cell.DestroyReason;
import org.tunic.router.cell.EstablishIntro;
import org.tunic.router.cell.ExtensionList;
import org.tunic.router.cell.Introduce2;
import org.tunic.router.cell.IntroduceMessage;
import org.tunic.router.cell.RelayCommand;
import org.tunic.router.cell.Rendezvous1;
import org.tunic.router.circuit.HopSpec;
import org.tunic.router.circuit.OriginCircuit;
import org.tunic.router.circuit.service.ServicePurpose;
import org.tunic.testing.SeededRandom;

/** A service put together by hand that answers introductions as a test likes. */
final class FakeService {
  final HsId id;
  final CompletableFuture<IntroduceMessage> introduced = new CompletableFuture<>();
  final Ed25519Keypair authKey;
  private final OnionNetwork.Node node;
  private final NtorOnionKeypair encKey;
  private final HsBlindedKeypair blinded;
  private final BiFunction<IntroduceMessage, Bytes, Rendezvous1> answer;
  private final Relay relay;
  private OriginCircuit introduction;

  /**
   * Establishes an introduction point and stores a descriptor.
   *
   * @param answer makes RENDEZVOUS1 of the client's message and the right Y | AUTH
   * @param pow what the descriptor asks for, or null
   */
  FakeService(
      OnionNetwork network,
      OnionNetwork.Node node,
      BiFunction<IntroduceMessage, Bytes, Rendezvous1> answer,
      @org.jspecify.annotations.Nullable PowParameters pow)
      throws Exception {
    SeededRandom random = node.random;
    HsIdKeypair identity = HsIdKeypair.generate(random);
    id = identity.id();
    this.node = node;
    this.answer = answer;
    authKey = Ed25519Keypair.generate(random);
    encKey = NtorOnionKeypair.generate(random);
    DescriptorSlot slot = HsDirSchedule.of(network.view(), false).fetch();
    blinded = identity.blind(slot.period());
    relay = network.view().relays().getFirst();
    establish();
    HsIntroPoint point =
        new HsIntroPoint(
            relay.linkSpecifiers(),
            relay.ntor(),
            new IntroPointKeys(authKey.identity(), encKey.publicKey()));
    HsDescriptor descriptor =
        new HsDescriptorWriter(blinded, Ed25519Keypair.generate(random), random)
            .write(
                new HsDescriptorContent(false, false, null, pow, List.of(point)),
                List.of(),
                1,
                HsDescriptor.DEFAULT_MAX_LENGTH,
                network.clock.instant());
    network.stored.put(blinded.id(), descriptor.text());
  }

  /** Establishes the introduction point, with the key that the descriptor names. */
  void establish() throws Exception {
    OriginCircuit circuit =
        node.circuits.build(HopSpec.of(relay), ServicePurpose.SERVICE_INTRODUCTION);
    CompletableFuture<Void> established = new CompletableFuture<>();
    circuit.listen(
        (command, body) -> {
          if (command == RelayCommand.INTRO_ESTABLISHED) {
            established.complete(null);
          } else {
            Thread.ofVirtual().start(() -> meet(body));
          }
        });
    circuit.tell(binding -> EstablishIntro.sign(authKey, ExtensionList.EMPTY, binding)).get();
    established.get(20, TimeUnit.SECONDS);
    introduction = circuit;
  }

  /** Closes the circuit to the introduction point, which then knows no such service. */
  void leave() {
    introduction.close(DestroyReason.FINISHED);
  }

  private void meet(Bytes body) {
    try {
      Introduce2 sealed = Introduce2.decode(body.reader());
      HsNtorService opened =
          HsNtorService.open(
              authKey.identity(),
              encKey,
              List.of(blinded.subcredential()),
              sealed.clearPart(),
              sealed.encrypted());
      IntroduceMessage message = IntroduceMessage.decode(opened.message().reader());
      introduced.complete(message);
      OriginCircuit circuit =
          node.circuits.build(
              HopSpec.of(message.rendezvousPoint(), message.onionKey()).orElseThrow(),
              ServicePurpose.SERVICE_RENDEZVOUS);
      circuit.tell(answer.apply(message, opened.answer(node.random).handshakeInfo())).get();
    } catch (Exception e) {
      introduced.completeExceptionally(e);
    }
  }
}
