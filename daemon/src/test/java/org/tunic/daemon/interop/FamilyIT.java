package org.tunic.daemon.interop;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tunic.daemon.wiring.Processes;

/**
 * A relay of C tor and one of ours prove that they are of one family, with a key that either has
 * made, to authorities of C tor. Threads: that of the test.
 */
@OverSharedNetworks
class FamilyIT {
  /** To C tor's authorities a descriptor with other families alone is no new one. */
  private static final String NEW_CONTACT = "ContactInfo families@test.invalid\n";

  private static final Duration LIMIT = Duration.ofMinutes(3);

  @Test
  void familyCertificates_ofBoth_areTakenByCtorAuthorities(SharedNetworks networks)
      throws IOException, InterruptedException {
    Interop.require(Subject.CTOR);
    Interop.require(Subject.OURS);
    TorNetwork network = networks.of(Subject.CTOR);
    TorNode ctor = network.node(SharedNetworks.relayOf(Subject.CTOR));
    TorNode ours = network.node(SharedNetworks.relayOf(Subject.OURS));
    List<TorNode> relays = List.of(ctor, ours);
    Path keys = Files.createTempDirectory("family");
    Subject.Tools.run(
        keys, "", List.of("tor", "--keygen-family", "theirs", "--DataDirectory", keys + "/data"));
    Processes.Ended made = Processes.run(keys, Processes.tunic("--keygen-family", "ours"));
    assertEquals(0, made.status(), made.output());
    String theirId = Files.readString(keys.resolve("theirs.public_family_id")).strip();
    String ourId = Files.readString(keys.resolve("ours.public_family_id")).strip();

    List<String> torrcs = new ArrayList<>();
    for (TorNode relay : relays) {
      torrcs.add(Files.readString(relay.torrc()));
      for (String name : List.of("theirs", "ours")) {
        Files.copy(
            keys.resolve(name + ".secret_family_key"),
            relay.dataDirectory().resolve("keys/" + name + ".secret_family_key"));
      }
    }
    try {
      for (int i = 0; i < relays.size(); i++) {
        assertFalse(hasFamily(network, relays.get(i), ourId));
        Files.writeString(
            relays.get(i).torrc(),
            torrcs.get(i) + "FamilyId " + theirId + "\nFamilyId " + ourId + "\n" + NEW_CONTACT);
        hangUp(relays.get(i));
      }
      for (TorNode relay : relays) {
        Await.until(
            relay.name() + " in both families, for the authorities",
            LIMIT,
            () -> hasFamily(network, relay, theirId) && hasFamily(network, relay, ourId),
            relay::logTail);
      }
    } finally {
      for (int i = 0; i < relays.size(); i++) {
        Files.writeString(relays.get(i).torrc(), torrcs.get(i));
        for (String name : List.of("theirs", "ours")) {
          Files.delete(
              relays.get(i).dataDirectory().resolve("keys/" + name + ".secret_family_key"));
        }
        hangUp(relays.get(i));
      }
    }
  }

  private static void hangUp(TorNode relay) throws IOException {
    Subject.Tools.run(relay.torrc().getParent(), "", List.of("kill", "-HUP", "" + relay.pid()));
  }

  /** Whether the microdescriptor that the consensus names for a relay has the family. */
  private static boolean hasFamily(TorNetwork network, TorNode relay, String id) {
    return microdescriptor(network, relay)
        .lines()
        .anyMatch(line -> line.startsWith("family-ids ") && line.contains("ed25519:" + id));
  }

  private static String microdescriptor(TorNetwork network, TorNode relay) {
    String consensus = get(network, "/tor/status-vote/current/consensus-microdesc");
    boolean entry = false;
    for (String line : consensus.lines().toList()) {
      if (line.startsWith("r ")) {
        entry = line.startsWith("r " + relay.name() + " ");
      } else if (entry && line.startsWith("m ")) {
        return get(network, "/tor/micro/d/" + line.substring(2));
      }
    }
    return "";
  }

  private static String get(TorNetwork network, String path) {
    try (InputStream in =
        URI.create("http://127.0.0.1:" + network.node("auth0").ports().dir() + path)
            .toURL()
            .openStream()) {
      return new String(in.readAllBytes(), ISO_8859_1);
    } catch (IOException notYet) {
      return "";
    }
  }
}
