package org.tunic.crypto.relaycell.tor1;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tunic.testing.Vectors;

/** Cells of three ordinary hops and an onion-service hop, and those of a recorded session. */
class Tor1VectorTest {
  private static final int BODY = 509;

  private static Tor1Keys keys(int hop, JsonNode file) {
    HexFormat hex = HexFormat.of();
    JsonNode ordinary = file.required("hop_keys");
    return hop < ordinary.size()
        ? Tor1Keys.ofRelayHop(hex.parseHex(ordinary.get(hop).asText()))
        : Tor1Keys.ofHsHop(hex.parseHex(file.required("hs_hop_keys").asText()));
  }

  /** The body with its digest field zeroed, as the vectors show plain bodies. */
  private static byte[] withoutDigest(byte[] body) {
    byte[] plain = body.clone();
    Arrays.fill(plain, 5, 9, (byte) 0);
    return plain;
  }

  @Test
  void layers_vectorCells_matchAtBothEnds() {
    JsonNode file = Vectors.json("tor-spec/relay-crypto-tor1.json");
    List<Tor1OriginLayer> origin = new ArrayList<>();
    List<Tor1RelayLayer> relays = new ArrayList<>();
    for (int hop = 0; hop < 3; hop++) {
      origin.add(new Tor1OriginLayer(keys(hop, file)));
      relays.add(new Tor1RelayLayer(keys(hop, file)));
    }
    origin.add(new Tor1OriginLayer(keys(3, file)));
    // The service sits behind the last relay, at the far end of a circuit of its own.
    Tor1OriginLayer service = new Tor1OriginLayer(keys(3, file).reversed());

    int cells = 0;
    for (JsonNode cell : file.required("cells")) {
      String at = "cell " + cells++;
      int target = cell.required("target").asInt();
      byte[] plain = Vectors.hex(cell, "plain_body");
      byte[] wire = Vectors.hex(cell, "wire_body");
      byte[] digest = Vectors.hex(cell, "sendme_digest");
      byte[] tag = new byte[20];
      if (cell.required("direction").asText().equals("forward")) {
        assertArrayEquals(wire, toWire(origin, target, plain), at);
        origin.get(target).copyForwardTag(tag, 0);
        assertArrayEquals(digest, tag, at);
        byte[] arrived = throughRelays(relays, target, wire, at);
        if (target == 3) {
          byte[] out = new byte[BODY];
          assertTrue(service.backward(arrived, 0, out, 0), at);
          service.copyBackwardTag(tag, 0);
          arrived = out;
        } else {
          relays.get(target).copyForwardTag(tag, 0);
        }
        assertArrayEquals(digest, tag, at);
        assertArrayEquals(plain, withoutDigest(arrived), at);
      } else {
        byte[] cur = plain.clone();
        byte[] out = new byte[BODY];
        if (target == 3) {
          service.originate(cur, 0, out, 0);
          service.copyForwardTag(tag, 0);
        } else {
          relays.get(target).originate(cur, 0, out, 0);
          relays.get(target).copyBackwardTag(tag, 0);
        }
        assertArrayEquals(digest, tag, at);
        for (int hop = Math.min(target, 3) - 1; hop >= 0; hop--) {
          cur = out;
          out = new byte[BODY];
          relays.get(hop).backward(cur, 0, out, 0);
        }
        assertArrayEquals(wire, out, at);
        for (int hop = 0; hop <= target; hop++) {
          cur = out;
          out = new byte[BODY];
          assertEquals(hop == target, origin.get(hop).backward(cur, 0, out, 0), at);
        }
        origin.get(target).copyBackwardTag(tag, 0);
        assertArrayEquals(digest, tag, at);
        assertArrayEquals(plain, withoutDigest(out), at);
      }
    }
    assertEquals(10, cells);
  }

  private static byte[] toWire(List<Tor1OriginLayer> origin, int target, byte[] plain) {
    byte[] cur = plain.clone();
    byte[] out = new byte[BODY];
    origin.get(target).originate(cur, 0, out, 0);
    for (int hop = target - 1; hop >= 0; hop--) {
      cur = out;
      out = new byte[BODY];
      origin.get(hop).forward(cur, 0, out, 0);
    }
    return out;
  }

  private static byte[] throughRelays(
      List<Tor1RelayLayer> relays, int target, byte[] wire, String at) {
    byte[] out = wire;
    for (int hop = 0; hop <= Math.min(target, 2); hop++) {
      byte[] cur = out;
      out = new byte[BODY];
      assertEquals(hop == target, relays.get(hop).forward(cur, 0, out, 0), at);
    }
    return out;
  }

  @Test
  void originLayer_recordedSession_reproducesTheWire() {
    JsonNode session = Vectors.json("tor-spec/live-create-fast-session.json").required("session");
    byte[] material = Vectors.hex(session, "key_material_72");
    Tor1OriginLayer client = new Tor1OriginLayer(Tor1Keys.ofRelayHop(material));
    Tor1RelayLayer relay = new Tor1RelayLayer(Tor1Keys.ofRelayHop(material));
    int cells = 0;
    for (JsonNode cell : session.required("cells")) {
      String at = "cell " + cells++;
      byte[] plain = Vectors.hex(cell, "plain_body");
      byte[] wire = Vectors.hex(cell, "wire_body");
      byte[] out = new byte[BODY];
      byte[] tag = new byte[20];
      if (cell.required("direction").asText().equals("forward")) {
        client.originate(plain.clone(), 0, out, 0);
        assertArrayEquals(wire, out, at);
        client.copyForwardTag(tag, 0);
        byte[] arrived = new byte[BODY];
        assertTrue(relay.forward(wire, 0, arrived, 0), at);
        assertArrayEquals(plain, withoutDigest(arrived), at);
      } else {
        assertTrue(client.backward(wire, 0, out, 0), at);
        assertArrayEquals(plain, withoutDigest(out), at);
        client.copyBackwardTag(tag, 0);
        byte[] sent = new byte[BODY];
        relay.originate(plain.clone(), 0, sent, 0);
        assertArrayEquals(wire, sent, at);
      }
      assertArrayEquals(Vectors.hex(cell, "sendme_digest"), tag, at);
    }
    assertFalse(cells == 0);
  }
}
