package org.tunic.daemon.interop;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.digest.Sha;

/**
 * {@code tunic index --with-tracker} over a network of C tor's relays, visited by curl through a
 * client of either kind, and by Chromium without scripts through ours.
 *
 * <p>Pictures of the pages are left beside the logs, to be looked at.
 *
 * <p>Threads: that of the test.
 */
@OverSharedNetworks
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class IndexIT {
  private static final Duration BOOTSTRAP_LIMIT = Duration.ofMinutes(2);
  private static final Duration START_LIMIT = Duration.ofMinutes(2);
  private static final Duration VISIT_LIMIT = Duration.ofMinutes(4);
  private static final int FETCH_SECONDS = 60;
  private static final int BROWSER_SECONDS = 150;
  private static final String TITLE = "Harbour index";
  private static final String NAME = "A free <film> & more";
  private static final Pattern HIDDEN = Pattern.compile("name=\"([a-z]+)\" value=\"([^\"]*)\"");
  private static final Pattern QUESTION =
      Pattern.compile("word \u201c([a-z]+)\u201d, write the ([^.]*) letter");
  private static final List<String> PLACES =
      List.of("first", "second", "third", "fourth", "fifth", "sixth");

  private final byte[] torrent = torrent();
  private Path folder = Path.of("/");
  private @Nullable TorNode ours;
  private @Nullable TorNode theirs;
  private @Nullable Process index;

  private static byte[] info() {
    String pieces = "p".repeat(40);
    return ("d6:lengthi20000e4:name"
            + NAME.length()
            + ":"
            + NAME
            + "12:piece lengthi16384e6:pieces40:"
            + pieces
            + "e")
        .getBytes(ISO_8859_1);
  }

  private static byte[] torrent() {
    return ("d8:announce8:http://x7:comment6:secret4:info" + new String(info(), ISO_8859_1) + "e")
        .getBytes(ISO_8859_1);
  }

  private static String hash() {
    return Bytes.copyOf(Sha.sha1(info())).hex();
  }

  @BeforeAll
  void start(SharedNetworks networks) throws Exception {
    Interop.require(Subject.CTOR);
    Interop.require(Subject.OURS);
    Interop.requireProgram("chromium", "--version");
    Interop.requireProgram("curl", "--version");
    folder = Interop.directory("index");
    Files.createDirectories(folder);
    TorNetwork network = networks.of(Subject.CTOR);
    theirs = network.node(SharedNetworks.DRIVER);
    String lines =
        Files.readString(theirs.torrc())
            .lines()
            .filter(
                line ->
                    line.startsWith("DirAuthority ")
                        || line.startsWith("TestingTorNetwork ")
                        || line.startsWith("PathsNeeded"))
            .collect(Collectors.joining("\n", "", "\n"));
    Files.writeString(
        folder.resolve("torrc"),
        lines + "DataDirectory %1$s/data%nLog notice file %1$s/notice.log%n".formatted(folder));
    ours = network.startClient("indexvisitor", Subject.OURS);
    startIndex();
    ours().awaitBootstrapped(BOOTSTRAP_LIMIT);
  }

  private TorNode ours() {
    if (ours == null) {
      throw new AssertionError("not started");
    }
    return ours;
  }

  private TorNode visitor(Subject subject) {
    TorNode node = subject == Subject.OURS ? ours : theirs;
    if (node == null) {
      throw new AssertionError("not started");
    }
    return node;
  }

  private void startIndex() throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
                "timeout",
                "-s",
                "TERM",
                "-k",
                "10",
                "900",
                Repository.root().resolve("tunic").toString(),
                "index",
                "--torrc",
                folder.resolve("torrc").toString(),
                "--title",
                TITLE,
                "--with-tracker")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("stdout").toFile()));
    builder.environment().put("TUNIC_NO_BUILD", "1");
    index = builder.start();
    Await.until(
        "the index has its addresses",
        START_LIMIT,
        () -> Files.exists(hostname("index")) && Files.exists(hostname("tracker")),
        () -> "no onion addresses: " + read(folder.resolve("stdout")));
  }

  @AfterAll
  void stop() throws IOException, InterruptedException {
    if (index != null) {
      index.destroy();
      index.waitFor(20, TimeUnit.SECONDS);
    }
    if (ours != null) {
      ours.stop();
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }

  private Path hostname(String service) {
    return folder.resolve("data").resolve(service).resolve("hostname");
  }

  private String url(String service, String target) throws IOException {
    return "http://" + Files.readString(hostname(service)).strip() + target;
  }

  // ---- visitors

  private String run(int seconds, List<String> command) throws IOException {
    Path out = Files.createTempFile(folder, "out", "");
    Process process =
        new ProcessBuilder(command)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .redirectOutput(out.toFile())
            .start();
    try {
      if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
      return Files.readString(out, UTF_8);
    } catch (InterruptedException e) {
      throw new IOException(e);
    } finally {
      Files.delete(out);
    }
  }

  private String curl(Subject subject, String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                "curl",
                "-q",
                "-sS",
                "-m",
                "" + FETCH_SECONDS,
                "--socks5-hostname",
                "127.0.0.1:" + visitor(subject).ports().socks(),
                "-b",
                jar(subject),
                "-c",
                jar(subject)));
    command.addAll(List.of(arguments));
    return run(FETCH_SECONDS + 5, command);
  }

  private String jar(Subject subject) {
    return folder.resolve("cookies-" + subject.label()).toString();
  }

  /** The page as Chromium has it, scripts being off in its profile. */
  private String chromium(String name, String size, String url) throws IOException {
    Path profile = folder.resolve("profile");
    Files.createDirectories(profile.resolve("Default"));
    if (!Files.exists(profile.resolve("Default/Preferences"))) {
      Files.writeString(
          profile.resolve("Default/Preferences"),
          "{\"profile\":{\"default_content_setting_values\":{\"javascript\":2}}}");
    }
    List<String> command =
        new ArrayList<>(
            List.of(
                "chromium",
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--hide-scrollbars",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--proxy-server=socks5://127.0.0.1:" + ours().ports().socks(),
                "--user-data-dir=" + profile));
    if (!name.isEmpty()) {
      command.add("--window-size=" + size);
      command.add("--screenshot=" + folder.resolve(name + ".png"));
      run(BROWSER_SECONDS, with(command, url));
    }
    command.add("--dump-dom");
    return run(BROWSER_SECONDS, with(command, url));
  }

  private static List<String> with(List<String> command, String last) {
    List<String> longer = new ArrayList<>(command);
    longer.removeIf(part -> last.isEmpty() && part.startsWith("--screenshot"));
    longer.add(last);
    return longer;
  }

  private static String hidden(String page, String name) {
    Matcher found = HIDDEN.matcher(page);
    String value = "";
    while (found.find()) {
      value = found.group(1).equals(name) ? found.group(2) : value;
    }
    return value;
  }

  private static String answer(String page) {
    Matcher found = QUESTION.matcher(page);
    assertTrue(found.find(), page);
    StringBuilder answer = new StringBuilder();
    for (String word : found.group(2).split("[ ,]+", -1)) {
      if (PLACES.contains(word)) {
        answer.append(found.group(1).charAt(PLACES.indexOf(word)));
      }
    }
    return answer.toString();
  }

  // ---- the index

  @Order(1)
  @ParameterizedTest
  @EnumSource(Subject.class)
  void index_isReachedThroughClientsOfBothKinds(Subject subject) throws IOException {
    String home = url("index", "/");
    Await.until(
        "the index is reached",
        VISIT_LIMIT,
        () -> {
          try {
            return curl(subject, home).contains(TITLE);
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        },
        () -> "no page: " + read(folder.resolve("stdout")));
  }

  @Order(2)
  @Test
  void visitor_uploads_andIsSentToThePage() throws IOException {
    String form = curl(Subject.CTOR, url("index", "/upload"));
    Path file = folder.resolve("a.torrent");
    Files.write(file, torrent);
    String head =
        curl(
            Subject.CTOR,
            "-D",
            "-",
            "-F",
            "token=" + hidden(form, "token"),
            "-F",
            "challenge=" + hidden(form, "challenge"),
            "-F",
            "answer=" + answer(form),
            "-F",
            "category=2040",
            "-F",
            "tags=free",
            "-F",
            "torrent=@" + file,
            url("index", "/upload"));
    assertTrue(head.contains("303 See Other") && head.contains("Location: /t/" + hash()), head);
  }

  @Order(3)
  @Test
  void torrent_fromTheIndex_namesTheTrackerBesideIt_whoseSeedsThePageShows() throws IOException {
    String file = curl(Subject.OURS, url("index", "/t/" + hash() + ".torrent"));
    String announce = url("tracker", "/announce");
    assertTrue(file.startsWith("d8:announce" + announce.length() + ":" + announce), file);
    assertTrue(file.contains(new String(info(), ISO_8859_1)), file);
    assertFalse(file.contains("secret"), file);
    String escaped = hash().replaceAll("..", "%$0");
    Await.until(
        "the seed is counted",
        VISIT_LIMIT,
        () -> {
          try {
            return curl(
                    Subject.OURS,
                    announce
                        + "?info_hash="
                        + escaped
                        + "&peer_id=aaaaaaaaaaaaaaaaaaaa&port=6881&left=0")
                .contains("8:completei1e");
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        },
        () -> "the tracker did not count the seed");
    String page = curl(Subject.OURS, url("index", "/t/" + hash()));
    assertTrue(page.contains("1 seeders"), page);
  }

  @Order(4)
  @Test
  void browser_withoutScripts_showsThePages() throws IOException {
    Path probe = folder.resolve("probe.html");
    Files.writeString(
        probe, "<p id=a>before</p><script>document.getElementById('a').id='ran'</script>");
    assertFalse(chromium("", "", probe.toUri().toString()).contains("id=\"ran\""));
    String home = chromium("home", "1000,900", url("index", "/"));
    assertTrue(home.contains("A free &lt;film&gt; &amp; more"), home);
    String found = chromium("search-phone", "500,900", url("index", "/search?q=free+film"));
    assertTrue(found.contains("/t/" + hash()), found);
    String details = chromium("details", "1000,1000", url("index", "/t/" + hash()));
    assertTrue(details.contains("magnet:?xt=urn:btih:" + hash()), details);
    for (String name : List.of("home", "search-phone", "details")) {
      assertTrue(Files.size(folder.resolve(name + ".png")) > 5000, name);
    }
  }

  @Order(5)
  @Test
  void index_killed_hasTheTorrentWhenItStartsAgain() throws Exception {
    if (index == null) {
      throw new AssertionError("not started");
    }
    List<ProcessHandle> all = new ArrayList<>(index.descendants().toList());
    all.forEach(ProcessHandle::destroyForcibly);
    index.destroyForcibly().waitFor();
    for (ProcessHandle handle : all) {
      handle.onExit().get(20, TimeUnit.SECONDS);
    }
    String before = Files.readString(hostname("index"));
    startIndex();
    assertEquals(before, Files.readString(hostname("index")));
    Await.until(
        "the torrent is found again",
        VISIT_LIMIT,
        () -> {
          try {
            return curl(Subject.OURS, url("index", "/search?q=film")).contains("/t/" + hash());
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        },
        () -> "the torrent is lost: " + read(folder.resolve("stdout")));
  }
}
