package org.tunic.daemon.interop;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.tunic.directory.doc.consensus.ConsensusFlavor;
import org.tunic.directory.store.DirectoryStore;

/**
 * An operator changes the binary and nothing else: the torrc and the DataDirectory of an authority,
 * of a relay and of a client go from C tor to us and back. Threads: that of the test.
 */
@VotesInTime
class CTorTakeoverIT {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final Pattern WARNING = Pattern.compile("(?m)^.*? \\[(?:warn|err)\\] (.*)$");
  private static final Pattern RELOADED =
      Pattern.compile("Reloaded microdescriptor cache\\. Found ([0-9]+) descriptors");

  /** Warnings of C tor that depend on the moment at which its neighbours start and stop. */
  private static final List<String> OF_THE_MOMENT =
      List.of(
          "Received http status code",
          "is giving Tor only an IP address",
          "Problem bootstrapping",
          "Failed to find node for hop",
          "No available nodes when trying to choose node",
          "Guard ",
          "Our clock is",
          "Consensus does not include",
          "Tried connecting to router",
          "died due to an invalid selected path",
          "Could not find a node that matches",
          "You specified a server",
          "A consensus needs",
          "We are missing votes",
          "connect to all directory authorities",
          "You are running Tor as root",
          "TestingTorNetwork is set",
          "ControlPort is open",
          "MetricsPort",
          "Tor is running as an exit relay",
          "Fixing permissions");

  /** Bytes that a relay is made to have carried on the day that has not ended. */
  private static final long TODAY = 82800 * 1024L;

  private TorNetwork network;

  @Test
  void dataDirectories_ofAnAuthorityARelayAndAClient_goToOursAndBack() throws Exception {
    Interop.require(Subject.CTOR);
    Interop.require(Subject.OURS);
    Interop.requireProgram("/usr/bin/python3", "-c", "import stem, cryptography");
    try (WebServer web = new WebServer();
        TorNetwork started =
            TorNetwork.in(Interop.directory("takeover"))
                .authorities(3, Subject.CTOR)
                .node("exit0", Role.EXIT, Subject.CTOR)
                .node("mid0", Role.MIDDLE, Subject.CTOR)
                .node("mid1", Role.MIDDLE, Subject.CTOR)
                .node("client", Role.CLIENT, Subject.CTOR)
                .votingInterval(15) // with 10 s a vote has one second to arrive
                .start()) {
      network = started;
      List<String> names = List.of("auth2", "mid0", "client");
      Map<String, String> keys = keys(names);
      String first = descriptor("mid0");
      assertTrue(line(first, "platform").startsWith("Tor 0.4.9"), first);

      // What C tor says of its own directory is no complaint about ours.
      Map<String, TreeSet<String>> usual = new TreeMap<>();
      names.forEach(name -> usual.put(name, warnings(network.node(name).log("info"))));

      network.node("mid0").stop();
      List<String> histories = carryForDays(network.node("mid0"));
      hand(names, Subject.OURS, web);
      assertEquals(histories, histories("mid0"));
      String ours = descriptor("mid0");
      for (String keyword : List.of("master-key-ed25519", "fingerprint", "ntor-onion-key")) {
        assertEquals(line(first, keyword), line(ours, keyword));
      }
      assertEquals(keys, keys(names), "our daemon changed key files of C tor");

      Map<String, Integer> lengths = logLengths(names);
      DirectoryDocumentsIT.stem(
          get("/tor/extra/fp/" + network.node("mid0").fingerprint()).getBytes(ISO_8859_1),
          "extra-info 1.0");
      network.node("mid0").stop();
      assertTrue(today(network.node("mid0")) > TODAY, "what our daemon carried was noted");
      hand(names, Subject.CTOR, web);
      assertEquals(histories, histories("mid0"));
      String back = descriptor("mid0");
      for (String keyword : List.of("master-key-ed25519", "fingerprint", "ntor-onion-key")) {
        assertEquals(line(first, keyword), line(back, keyword));
      }
      assertEquals(keys, keys(names), "C tor changed the key files it got back");
      for (String name : names) {
        TorNode node = network.node(name);
        String log = node.log("info").substring(lengths.get(name));
        TreeSet<String> complaints = warnings(log);
        complaints.removeAll(usual.get(name));
        assertEquals(new TreeSet<>(), complaints, name + " warned about what we left it");
        Matcher reloaded = RELOADED.matcher(log);
        assertTrue(reloaded.find(), name + " did not read our microdescriptors");
        assertTrue(Integer.parseInt(reloaded.group(1)) >= 5, reloaded.group());
      }
    }
  }

  /**
   * Notes in the state of a relay that it carried so much on two days, and a little today. Numbers
   * are whole KiB in each second, so that nobody has to round.
   *
   * @return the lines that its extra-info document will have
   */
  private static List<String> carryForDays(TorNode relay) throws IOException {
    Instant ends = Instant.now().truncatedTo(ChronoUnit.SECONDS).plusSeconds(3600);
    long day = 86400 * 1024L;
    Path file = relay.dataDirectory().resolve("state");
    List<String> lines = new ArrayList<>(Files.readAllLines(file, ISO_8859_1));
    lines.removeIf(line -> line.startsWith("BWHistoryWrite") || line.startsWith("BWHistoryRead"));
    for (String kind : List.of("Write", "Read")) {
      lines.add("BWHistory" + kind + "Ends " + stamp(ends));
      lines.add("BWHistory" + kind + "Interval 86400");
      lines.add("BWHistory%sMaxima 2048,1024,0".formatted(kind));
      lines.add("BWHistory%sValues %d,%d,%d".formatted(kind, day, 2 * day, TODAY));
    }
    Files.write(file, lines, ISO_8859_1);
    String said =
        "-history %s (86400 s) %d,%d".formatted(stamp(ends.minusSeconds(86400)), day, 2 * day);
    return List.of("write" + said, "read" + said);
  }

  private static String stamp(Instant time) {
    return time.toString().replace('T', ' ').replace("Z", "");
  }

  /** The lines of traffic in the extra-info document of a node that the first authority has. */
  private List<String> histories(String name) {
    return get("/tor/extra/fp/" + network.node(name).fingerprint())
        .lines()
        .filter(line -> line.startsWith("write-history") || line.startsWith("read-history"))
        .toList();
  }

  /** Bytes that a relay noted to have written on the day that has not ended. */
  private static long today(TorNode relay) throws IOException {
    String values =
        line(Files.readString(relay.dataDirectory().resolve("state")), "BWHistoryWriteValues");
    return Long.parseLong(values.substring(values.lastIndexOf(',') + 1));
  }

  /** Stops the nodes, starts them as another implementation, and sees each do its work. */
  private void hand(List<String> names, Subject to, WebServer web) throws IOException {
    for (String name : names) {
      network.node(name).stop();
    }
    for (String name : names) {
      DirectoryStore cache = new DirectoryStore(network.node(name).dataDirectory());
      assertTrue(cache.consensus(ConsensusFlavor.MICRODESC).isPresent(), name + ": no consensus");
      assertTrue(cache.microdescriptors().size() >= 5, name + ": no microdescriptors");
      assertTrue(cache.certificates().size() >= 3, name + ": no certificates");
    }
    String before = network.consensus();
    for (String name : names) {
      network.startAgain(network.node(name), to);
    }
    String software = to == Subject.CTOR ? "Tor 0.4.9" : "Tunic";
    Await.until(
        "mid0 uploads as " + software + " and is listed",
        LIMIT,
        () ->
            line(descriptor("mid0"), "platform").startsWith(software)
                && network.listed(network.node("mid0")),
        () -> network.node("mid0").logTail());
    String v3ident = line(Files.readString(certificate()), "fingerprint");
    Await.until(
        "a later consensus with the signature of auth2",
        LIMIT,
        () -> {
          String now = network.consensus();
          return !line(now, "valid-after").equals(line(before, "valid-after"))
              && now.contains("\ndirectory-signature " + v3ident + " ");
        },
        () -> network.node("auth2").logTail());
    TorNode client = network.node("client");
    client.awaitBootstrapped(LIMIT);
    Curl.Answer page = Curl.fetch(client, web.pageUrl(), 60);
    assertEquals(web.pageSha256(), page.sha256(), page.error() + client.logTail());
  }

  private Path certificate() {
    return network.node("auth2").dataDirectory().resolve("keys/authority_certificate");
  }

  /** Name and content of every key file. */
  private Map<String, String> keys(List<String> names) throws IOException {
    Map<String, String> keys = new TreeMap<>();
    for (String name : names) {
      try (Stream<Path> files = Files.list(network.node(name).dataDirectory().resolve("keys"))) {
        for (Path file : files.toList()) {
          keys.put(
              name + "/" + file.getFileName(),
              Base64.getEncoder().encodeToString(Files.readAllBytes(file)));
        }
      }
    }
    return keys;
  }

  private Map<String, Integer> logLengths(List<String> names) {
    Map<String, Integer> lengths = new TreeMap<>();
    names.forEach(name -> lengths.put(name, network.node(name).log("info").length()));
    return lengths;
  }

  /** Warnings and errors, with numbers taken out. */
  private static TreeSet<String> warnings(String log) {
    TreeSet<String> warnings = new TreeSet<>();
    Matcher matcher = WARNING.matcher(log);
    while (matcher.find()) {
      String text = matcher.group(1);
      if (OF_THE_MOMENT.stream().noneMatch(text::contains)) {
        warnings.add(text.replaceAll("[0-9]+", "N"));
      }
    }
    return warnings;
  }

  /** The descriptor of a node that the first authority has. */
  private String descriptor(String name) {
    return get("/tor/server/fp/" + network.node(name).fingerprint());
  }

  private String get(String path) {
    String url = "http://127.0.0.1:%d%s".formatted(network.node("auth0").ports().dir(), path);
    try (InputStream in = URI.create(url).toURL().openStream()) {
      return new String(in.readAllBytes(), ISO_8859_1);
    } catch (IOException notYet) {
      return "";
    }
  }

  /** The arguments of the first line with a keyword; empty if there is none. */
  private static String line(String document, String keyword) {
    return document
        .lines()
        .filter(line -> line.startsWith(keyword + " "))
        .map(line -> line.substring(keyword.length() + 1))
        .findFirst()
        .orElse("");
  }
}
