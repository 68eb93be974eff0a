package org.tunic.index.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URLEncoder;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.tunic.directory.policy.IpLiteral;
import org.tunic.index.IndexSettings;
import org.tunic.index.Swarms;
import org.tunic.index.TorrentIndex;
import org.tunic.index.store.IndexStore;
import org.tunic.index.web.Site;
import org.tunic.testing.ManualClock;
import org.tunic.testing.SeededRandom;
import org.tunic.tracker.swarm.Counts;
import org.tunic.tracker.swarm.InfoHash;

/** An index in memory but for its files, and a visitor's browser, which keeps a cookie. */
public final class Browser implements AutoCloseable {
  /** What torrents are handed out with. */
  public static final String TRACKER = "http://tracker.onion/announce";

  private static final Pattern COOKIE = Pattern.compile("Set-Cookie: s=([^;]*);");
  private static final Pattern WORD =
      Pattern.compile("word \u201c([a-z]+)\u201d, write the ([^.]*) letter");

  /** What came back. */
  public record Answer(int status, String head, byte[] body) {
    /** The body as text. */
    public String text() {
      return new String(body, UTF_8);
    }

    /** A line of the head. */
    public String header(String name) {
      Matcher found = Pattern.compile("(?m)^" + name + ": (.*)\r").matcher(head);
      return found.find() ? found.group(1) : "";
    }

    /** The value of a hidden field; of the last form if there are several. */
    public String hidden(String name) {
      Matcher found = Pattern.compile("name=\"" + name + "\" value=\"([^\"]*)\"").matcher(text());
      String value = "";
      while (found.find()) {
        value = found.group(1);
      }
      return value;
    }
  }

  public final ManualClock clock = ManualClock.at("2026-01-02T03:04:05Z");
  public final SeededRandom random = new SeededRandom(1);
  public final Map<InfoHash, Counts> swarms = new HashMap<>();
  public Set<InfoHash> refused = Set.of();
  public final TorrentIndex index;
  public final IndexServer server;
  private String cookie = "";

  public Browser(Path folder) throws IOException {
    this(folder, IndexSettings.of("Test index", java.util.List.of(TRACKER)));
  }

  public Browser(Path folder, IndexSettings settings) throws IOException {
    index =
        TorrentIndex.open(
            folder,
            settings,
            IndexStore.Limits.DEFAULT,
            new Swarms() {
              @Override
              public Optional<Counts> counts(InfoHash torrent) {
                return Optional.of(swarms.getOrDefault(torrent, Counts.NONE));
              }

              @Override
              public Map<String, Long> totals() {
                return Map.of("Peers", 1234L);
              }

              @Override
              public void refuse(Set<InfoHash> torrents) {
                refused = torrents;
              }
            },
            clock);
    server = new IndexServer(new Site(index, clock, random), Runnable::run, clock.nanos());
  }

  /** A connection, not from this machine. */
  public EmbeddedChannel connect() {
    EmbeddedChannel channel = new EmbeddedChannel();
    server.serve(
        channel, new InetSocketAddress(IpLiteral.parseAddress("10.0.0.1").orElseThrow(), 40000));
    return channel;
  }

  /** Sends bytes. */
  public static void send(EmbeddedChannel channel, byte[] bytes) {
    channel.writeInbound(Unpooled.wrappedBuffer(bytes));
    channel.runPendingTasks();
  }

  /** All that came back. */
  public static byte[] received(EmbeddedChannel channel) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
      byte[] bytes = new byte[part.readableBytes()];
      part.readBytes(bytes);
      all.writeBytes(bytes);
      part.release();
    }
    return all.toByteArray();
  }

  private Answer ask(String head, byte[] body) {
    EmbeddedChannel channel = connect();
    ByteArrayOutputStream request = new ByteArrayOutputStream();
    request.writeBytes(head.getBytes(ISO_8859_1));
    request.writeBytes(body);
    send(channel, request.toByteArray());
    byte[] all = received(channel);
    channel.finishAndReleaseAll();
    String text = new String(all, ISO_8859_1);
    int end = text.indexOf("\r\n\r\n");
    String answerHead = text.substring(0, end + 2);
    Matcher found = COOKIE.matcher(answerHead);
    if (found.find()) {
      cookie = found.group(1);
    }
    return new Answer(
        Integer.parseInt(answerHead.substring(9, 12)),
        answerHead,
        java.util.Arrays.copyOfRange(all, end + 4, all.length));
  }

  /** Asks for a page. */
  public Answer get(String target) {
    return ask(
        "GET " + target + " HTTP/1.1\r\nHost: index.onion\r\n" + cookieLine() + "\r\n",
        new byte[0]);
  }

  private String cookieLine() {
    return cookie.isEmpty() ? "" : "Cookie: x=y; s=" + cookie + "\r\n";
  }

  /** Forgets the cookie. */
  public void forget() {
    cookie = "";
  }

  /** Sends a form. */
  public Answer post(String target, Map<String, String> fields) {
    StringBuilder form = new StringBuilder();
    fields.forEach(
        (name, value) ->
            form.append(form.isEmpty() ? "" : "&")
                .append(name)
                .append('=')
                .append(URLEncoder.encode(value, UTF_8)));
    return post(target, "application/x-www-form-urlencoded", form.toString().getBytes(UTF_8));
  }

  /** Sends a form with a file, as browsers do. */
  public Answer upload(Map<String, String> fields, byte[] torrent) {
    String boundary = "----WebKitFormBoundaryAbC123";
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    fields.forEach(
        (name, value) ->
            body.writeBytes(
                ("--"
                        + boundary
                        + "\r\nContent-Disposition: form-data; name=\""
                        + name
                        + "\"\r\n\r\n"
                        + value
                        + "\r\n")
                    .getBytes(UTF_8)));
    body.writeBytes(
        ("--"
                + boundary
                + "\r\nContent-Disposition: form-data; name=\"torrent\";"
                + " filename=\"a.torrent\"\r\nContent-Type: application/x-bittorrent\r\n\r\n")
            .getBytes(UTF_8));
    body.writeBytes(torrent);
    body.writeBytes(("\r\n--" + boundary + "--\r\n").getBytes(UTF_8));
    return post("/upload", "multipart/form-data; boundary=" + boundary, body.toByteArray());
  }

  private Answer post(String target, String type, byte[] body) {
    return ask(
        "POST "
            + target
            + " HTTP/1.1\r\nHost: index.onion\r\nContent-Type: "
            + type
            + "\r\nContent-Length: "
            + body.length
            + "\r\n"
            + cookieLine()
            + "\r\n",
        body);
  }

  /** The answer to the question on a page. */
  public static String solve(Answer page) {
    Matcher found = WORD.matcher(page.text());
    if (!found.find()) {
      throw new AssertionError("no question on the page");
    }
    StringBuilder answer = new StringBuilder();
    java.util.List<String> places =
        java.util.List.of("first", "second", "third", "fourth", "fifth", "sixth");
    for (String word : found.group(2).split("[ ,]+", -1)) {
      if (places.contains(word)) {
        answer.append(found.group(1).charAt(places.indexOf(word)));
      }
    }
    return answer.toString();
  }

  /** Uploads as a visitor without a name does. */
  public Answer uploadAsStranger(byte[] torrent, Map<String, String> more) {
    Answer form = get("/upload");
    Map<String, String> fields = new HashMap<>(more);
    fields.put("token", form.hidden("token"));
    fields.put("challenge", form.hidden("challenge"));
    fields.put("answer", solve(form));
    fields.putIfAbsent("category", "8000");
    return upload(fields, torrent);
  }

  /** Signs in. */
  public Answer login(String name, String password) {
    Answer page = get("/login");
    String token = page.text().split("name=\"token\" value=\"", -1)[1].split("\"", -1)[0];
    return post("/login", Map.of("token", token, "name", name, "password", password));
  }

  @Override
  public void close() throws IOException {
    index.close();
  }
}
