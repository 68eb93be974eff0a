package org.tunic.crypto.relaycell.tor1;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.tunic.testing.SeededRandom;

/** A circuit of any length carries cells both ways, whatever else passes. */
class Tor1PropertyTest {
  private static final int BODY = 509;

  /** One circuit: layers at the origin and at each hop, and the bodies' offsets in the arrays. */
  private static final class Circuit {
    final SeededRandom random;
    final List<Tor1OriginLayer> origin = new ArrayList<>();
    final List<Tor1RelayLayer> relays = new ArrayList<>();

    Circuit(SeededRandom random, int hops) {
      this.random = random;
      for (int hop = 0; hop < hops; hop++) {
        byte[] material = random.bytes(Tor1Keys.RELAY_LENGTH);
        try (Tor1Keys keys = Tor1Keys.ofRelayHop(material)) {
          origin.add(new Tor1OriginLayer(keys));
          relays.add(new Tor1RelayLayer(keys));
        }
      }
    }

    /** A body whose recognized and digest fields are zero. */
    byte[] plain() {
      byte[] body = random.bytes(BODY);
      Arrays.fill(body, 1, 3, (byte) 0);
      Arrays.fill(body, 5, 9, (byte) 0);
      return body;
    }

    void sendForward(int target) {
      byte[] plain = plain();
      byte[] out = new byte[BODY];
      origin.get(target).originate(plain, 0, out, 0);
      for (int hop = target - 1; hop >= 0; hop--) {
        byte[] in = out;
        out = new byte[BODY];
        origin.get(hop).forward(in, 0, out, 0);
      }
      for (int hop = 0; hop <= target; hop++) {
        byte[] in = out;
        out = new byte[BODY];
        assertEquals(hop == target, relays.get(hop).forward(in, 0, out, 0), this::toString);
      }
      assertArrayEquals(plain, out, this::toString);
      assertTagsEqual(target, true);
    }

    void sendBackward(int target) {
      byte[] plain = plain();
      byte[] out = new byte[BODY];
      relays.get(target).originate(plain, 0, out, 0);
      for (int hop = target - 1; hop >= 0; hop--) {
        byte[] in = out;
        out = new byte[BODY];
        relays.get(hop).backward(in, 0, out, 0);
      }
      for (int hop = 0; hop <= target; hop++) {
        byte[] in = out;
        out = new byte[BODY];
        assertEquals(hop == target, origin.get(hop).backward(in, 0, out, 0), this::toString);
      }
      assertArrayEquals(plain, out, this::toString);
      assertTagsEqual(target, false);
    }

    void assertTagsEqual(int hop, boolean forward) {
      byte[] a = new byte[20];
      byte[] b = new byte[20];
      if (forward) {
        origin.get(hop).copyForwardTag(a, 0);
        relays.get(hop).copyForwardTag(b, 0);
      } else {
        origin.get(hop).copyBackwardTag(a, 0);
        relays.get(hop).copyBackwardTag(b, 0);
      }
      assertArrayEquals(a, b, this::toString);
    }

    @Override
    public String toString() {
      return origin.size() + " hops, " + random;
    }
  }

  @RepeatedTest(20)
  void circuit_randomHopsAndOrder_carriesEveryCell(RepetitionInfo run) {
    SeededRandom random = new SeededRandom(run.getCurrentRepetition());
    Circuit circuit = new Circuit(random, random.nextInt(1, 9));
    for (int i = 0; i < 60; i++) {
      int target = random.nextInt(circuit.origin.size());
      if (random.nextBoolean()) {
        circuit.sendForward(target);
      } else {
        circuit.sendBackward(target);
      }
    }
  }

  @Test
  void forward_cellsWithZeroRecognizedButWrongDigest_leaveTheDigestAsItWas() {
    SeededRandom random = new SeededRandom(99);
    Circuit circuit = new Circuit(random, 1);
    circuit.sendForward(0);
    byte[] before = new byte[20];
    circuit.relays.getFirst().copyForwardTag(before, 0);
    for (int i = 0; i < 50; i++) {
      // Only the origin's key stream: recognized is zero after decryption, the digest is not right.
      byte[] wire = new byte[BODY];
      circuit.origin.getFirst().forward(circuit.plain(), 0, wire, 0);
      assertFalse(circuit.relays.getFirst().forward(wire, 0, new byte[BODY], 0));
      byte[] after = new byte[20];
      circuit.relays.getFirst().copyForwardTag(after, 0);
      assertArrayEquals(before, after);
    }
    circuit.sendForward(0);
  }

  @Test
  void forward_anyBitFlipped_isNotRecognised() {
    SeededRandom random = new SeededRandom(5);
    for (int bit = 0; bit < 8 * BODY; bit += 3) {
      Circuit circuit = new Circuit(random, 1);
      byte[] wire = new byte[BODY];
      circuit.origin.getFirst().originate(circuit.plain(), 0, wire, 0);
      wire[bit / 8] ^= (byte) (1 << (bit & 7));
      assertFalse(circuit.relays.getFirst().forward(wire, 0, new byte[BODY], 0), "bit " + bit);
    }
  }

  @Test
  void layers_bodiesAtAnyOffset_areTheSame() {
    SeededRandom random = new SeededRandom(6);
    byte[] material = random.bytes(72);
    Tor1OriginLayer plainOrigin = new Tor1OriginLayer(Tor1Keys.ofRelayHop(material));
    Tor1OriginLayer offsetOrigin = new Tor1OriginLayer(Tor1Keys.ofRelayHop(material));
    Tor1RelayLayer relay = new Tor1RelayLayer(Tor1Keys.ofRelayHop(material));
    byte[] body = new Circuit(random, 1).plain();
    byte[] wire = new byte[BODY];
    plainOrigin.originate(body.clone(), 0, wire, 0);

    byte[] in = new byte[600];
    byte[] out = new byte[600];
    Arrays.fill(out, (byte) 0x55);
    System.arraycopy(body, 0, in, 13, BODY);
    offsetOrigin.originate(in, 13, out, 7);
    assertArrayEquals(wire, Arrays.copyOfRange(out, 7, 7 + BODY));
    assertEquals(0x55, out[6]);
    assertEquals(0x55, out[7 + BODY]);
    byte[] back = new byte[600];
    assertTrue(relay.forward(out, 7, back, 31));
    assertArrayEquals(
        Arrays.copyOfRange(in, 13, 13 + BODY), Arrays.copyOfRange(back, 31, 31 + BODY));
  }

  @Test
  void reversedKeys_letTheServiceTalkToItsClient() {
    SeededRandom random = new SeededRandom(8);
    Tor1Keys keys = Tor1Keys.ofHsHop(random.bytes(Tor1Keys.HS_LENGTH));
    Tor1OriginLayer client = new Tor1OriginLayer(keys);
    Tor1OriginLayer service = new Tor1OriginLayer(keys.reversed());
    Circuit any = new Circuit(random, 1);
    for (int i = 0; i < 10; i++) {
      byte[] wire = new byte[BODY];
      service.originate(any.plain(), 0, wire, 0);
      assertTrue(client.backward(wire, 0, new byte[BODY], 0));
      client.originate(any.plain(), 0, wire, 0);
      assertTrue(service.backward(wire, 0, new byte[BODY], 0));
    }
  }
}
