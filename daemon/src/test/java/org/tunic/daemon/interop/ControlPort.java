package org.tunic.daemon.interop;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Drives a C tor client over its control port: builds circuits over exactly the relays named and
 * puts each new stream on one of them. Pins in a torrc (EntryNodes and its like) do not do this: C
 * tor still chooses among several relays.
 *
 * <p>Replies come in the order of the commands, so the oldest unanswered command owns the next
 * reply. A virtual thread reads; it attaches each new stream itself and never waits for a reply.
 *
 * <p>Spec: control-spec/commands (AUTHENTICATE, SETEVENTS, EXTENDCIRCUIT, ATTACHSTREAM). Threads:
 * that of the test and the reader; fields are guarded by {@code this}.
 */
final class ControlPort implements AutoCloseable {
  private static final Duration REPLY_LIMIT = Duration.ofSeconds(10);
  private static final Duration CIRCUIT_LIMIT = Duration.ofSeconds(30);
  private static final int CIRCUIT_ATTEMPTS = 5;
  private static final Pattern BUILT = Pattern.compile("\\d+ BUILT (\\$[0-9A-F]{40}\\S*)");
  private static final Pattern CIRCUIT =
      Pattern.compile("(?:^|=)(\\d+) [A-Z_]+(?: (\\$\\S+))? BUILD_FLAGS");
  private static final Pattern HOP = Pattern.compile("\\$([0-9A-F]{40})");

  private final Socket socket;
  private final Queue<CompletableFuture<String>> unanswered = new ArrayDeque<>();
  private final Map<String, String> circuitStatus = new HashMap<>();
  private final List<String> refusals = new ArrayList<>();

  /** The lines of the last reply that had some. */
  private List<String> data = List.of();

  private List<String> pinned = List.of();
  private int attached;

  /** Connects to the control port of {@code client} and authenticates with its cookie. */
  @SuppressWarnings("this-escape") // the reader starts last and the class is final
  ControlPort(TorNode client) throws IOException {
    byte[] cookie = Files.readAllBytes(client.dataDirectory().resolve("control_auth_cookie"));
    socket = new Socket(InetAddress.getLoopbackAddress(), client.ports().control());
    Thread.ofVirtual().name("control port of " + client.name()).start(this::read);
    try {
      ask("AUTHENTICATE " + HexFormat.of().formatHex(cookie));
      ask("SETEVENTS CIRC STREAM");
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** Circuits over one exact path, in use for every new stream until this is closed. */
  final class Pin implements AutoCloseable {
    private final List<String> circuits;

    private Pin(List<String> circuits) {
      this.circuits = circuits;
    }

    /** How many streams C tor agreed to put on these circuits. */
    int streams() {
      synchronized (ControlPort.this) {
        return attached;
      }
    }

    /**
     * Ends the circuits; the client attaches later streams by itself again.
     *
     * @throws IOException if a stream could not be put on its circuit meanwhile
     */
    @Override
    public void close() throws IOException {
      synchronized (ControlPort.this) {
        pinned = List.of();
      }
      ask("RESETCONF __LeaveStreamsUnattached");
      for (String circuit : circuits) {
        answer(send("CLOSECIRCUIT " + circuit)); // one that has just gone is as good
      }
      synchronized (ControlPort.this) {
        if (!refusals.isEmpty()) {
          String text = String.join("; ", refusals);
          refusals.clear();
          throw new IOException("streams not attached: " + text);
        }
      }
    }
  }

  /** Builds {@code count} circuits over {@code path}, guard first, and pins new streams in turn. */
  Pin pin(int count, TorNode... path) throws IOException {
    return pin(Collections.nCopies(count, List.of(path)));
  }

  /** Builds a circuit over each of {@code paths}, guard first, and pins new streams in turn. */
  Pin pin(List<List<TorNode>> paths) throws IOException {
    List<String> circuits = new ArrayList<>();
    for (List<TorNode> path : paths) {
      circuits.add(buildCircuit(path));
    }
    ask("SETCONF __LeaveStreamsUnattached=1");
    synchronized (this) {
      attached = 0;
      pinned = List.copyOf(circuits);
    }
    return new Pin(circuits);
  }

  /** Builds a circuit over {@code path} and ends it. */
  void pass(List<TorNode> path) throws IOException {
    answer(send("CLOSECIRCUIT " + buildCircuit(path)));
  }

  /**
   * The client's built circuits of three hops and more: the fingerprints of their relays. Legs of
   * conflux are left out, since they must not share a guard.
   */
  List<List<String>> paths() throws IOException {
    answer(send("GETINFO circuit-status"));
    List<List<String>> paths = new ArrayList<>();
    synchronized (this) {
      for (String line : data) {
        Matcher built = BUILT.matcher(line);
        if (built.find() && !line.contains("PURPOSE=CONFLUX")) {
          List<String> path = new ArrayList<>();
          for (String hop : built.group(1).split(",", -1)) {
            path.add(hop.substring(1, 41));
          }
          if (path.size() >= 3) {
            paths.add(path);
          }
        }
      }
    }
    return paths;
  }

  /**
   * Has the client fetch the descriptor of an onion service, and returns the newest that it has;
   * empty if it has none. It comes some time after it was asked for, so ask again.
   *
   * @param address 56 characters, without the suffix
   * @param directories asked for it, however short a time ago they were asked before; if there are
   *     none, those that the client thinks right, every few seconds
   */
  String onionDescriptor(String address, List<TorNode> directories) throws IOException {
    StringBuilder fetch = new StringBuilder("HSFETCH " + address);
    directories.forEach(directory -> fetch.append(" SERVER=").append(directory.fingerprint()));
    answer(send(fetch.toString())); // refused while one is under way
    String reply = answer(send("GETINFO hs/client/desc/id/" + address));
    synchronized (this) {
      return reply.startsWith("250") ? String.join("\n", data) + "\n" : "";
    }
  }

  /**
   * One circuit of the client.
   *
   * @param path fingerprints of the relays that it has reached, guard first
   * @param line all that C tor says of it
   */
  record Circuit(String id, List<String> path, String line) {}

  /** The client's circuits of one purpose, such as {@code HS_SERVICE_REND}. */
  List<Circuit> circuits(String purpose) throws IOException {
    answer(send("GETINFO circuit-status"));
    List<Circuit> circuits = new ArrayList<>();
    synchronized (this) {
      for (String line : data) {
        Matcher circuit = CIRCUIT.matcher(line);
        if (circuit.find() && line.contains(" PURPOSE=" + purpose)) {
          String hops = circuit.group(2) == null ? "" : circuit.group(2);
          List<String> path = HOP.matcher(hops).results().map(result -> result.group(1)).toList();
          circuits.add(new Circuit(circuit.group(1), path, line));
        }
      }
    }
    return circuits;
  }

  /** Sets an option of the client, as {@code Name=value}. */
  void set(String option) throws IOException {
    ask("SETCONF " + option);
  }

  /** Ends the circuits of one purpose; returns how many there were. */
  int close(String purpose) throws IOException {
    List<Circuit> circuits = circuits(purpose);
    for (Circuit circuit : circuits) {
      answer(send("CLOSECIRCUIT " + circuit.id())); // one that has just gone is as good
    }
    return circuits.size();
  }

  /** Whether one attempt to build a circuit over {@code path} succeeds; the circuit is ended. */
  boolean builds(List<TorNode> path) throws IOException {
    String reply = answer(send("EXTENDCIRCUIT 0 " + fingerprints(path)));
    if (!reply.startsWith("250 EXTENDED ")) {
      throw new IOException("no attempt to build a circuit: " + reply);
    }
    String circuit = reply.substring("250 EXTENDED ".length());
    boolean built = awaitCircuit(circuit).startsWith("BUILT");
    answer(send("CLOSECIRCUIT " + circuit)); // one that has failed is gone
    return built;
  }

  private static String fingerprints(List<TorNode> path) {
    return String.join(",", path.stream().map(node -> "$" + node.fingerprint()).toList());
  }

  /** True if the client's consensus has the relay, and the client its microdescriptor. */
  boolean knows(TorNode relay) throws IOException {
    return answer(send("GETINFO md/id/" + relay.fingerprint())).startsWith("250");
  }

  private String buildCircuit(List<TorNode> path) throws IOException {
    String hops = fingerprints(path);
    String outcome = "";
    for (int attempt = 0; attempt < CIRCUIT_ATTEMPTS; attempt++) {
      String reply = answer(send("EXTENDCIRCUIT 0 " + hops));
      if (!reply.startsWith("250 EXTENDED ")) {
        outcome = reply; // the client may lack the relay's microdescriptor for a moment
        Await.pause(1000);
        continue;
      }
      String circuit = reply.substring("250 EXTENDED ".length());
      outcome = awaitCircuit(circuit);
      if (outcome.startsWith("BUILT")) {
        return circuit;
      }
    }
    throw new IOException(
        "no circuit over "
            + path.stream().map(TorNode::name).toList()
            + " in "
            + CIRCUIT_ATTEMPTS
            + " attempts: "
            + outcome);
  }

  private String awaitCircuit(String circuit) {
    long deadlineNanos = System.nanoTime() + CIRCUIT_LIMIT.toNanos();
    while (System.nanoTime() - deadlineNanos < 0) {
      String status = status(circuit);
      if (status != null
          && (status.startsWith("BUILT")
              || status.startsWith("FAILED")
              || status.startsWith("CLOSED"))) {
        return status;
      }
      Await.pause(10);
    }
    return "not built within " + CIRCUIT_LIMIT.toSeconds() + " s";
  }

  private synchronized @Nullable String status(String circuit) {
    return circuitStatus.get(circuit);
  }

  private void ask(String line) throws IOException {
    String reply = answer(send(line));
    if (!reply.startsWith("250")) {
      throw new IOException(keyword(line) + ": " + reply);
    }
  }

  private synchronized CompletableFuture<String> send(String line) throws IOException {
    CompletableFuture<String> reply = new CompletableFuture<>();
    unanswered.add(reply);
    socket.getOutputStream().write((line + "\r\n").getBytes(ISO_8859_1));
    return reply;
  }

  private static String answer(CompletableFuture<String> reply) throws IOException {
    try {
      return reply.get(REPLY_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("no answer from the control port", e);
    }
  }

  private static String keyword(String line) {
    return line.split(" ", -1)[0];
  }

  // ---- reader

  private void read() {
    try (BufferedReader in =
        new BufferedReader(new InputStreamReader(socket.getInputStream(), ISO_8859_1))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        char kind = line.length() > 3 ? line.charAt(3) : ' ';
        if (line.startsWith("650")) {
          onEvent(line);
        } else if (kind == '+') {
          readData(in);
        } else if (kind == '-') {
          synchronized (this) {
            data = List.of(line);
          }
        } else if (kind == ' ') {
          onReply(line);
        }
      }
      onEnd(new IOException("the control port was closed"));
    } catch (IOException e) {
      onEnd(e);
    }
  }

  private void readData(BufferedReader in) throws IOException {
    List<String> lines = new ArrayList<>();
    String line = in.readLine();
    while (line != null && !line.equals(".")) {
      lines.add(line);
      line = in.readLine();
    }
    synchronized (this) {
      data = lines;
    }
  }

  private void onEvent(String line) throws IOException {
    String[] words = line.split(" ", -1);
    if (words.length < 4) {
      return;
    }
    if (words[1].equals("CIRC")) {
      synchronized (this) {
        circuitStatus.put(words[2], line.substring(line.indexOf(words[3])));
      }
    } else if (words[1].equals("STREAM")) {
      onStream(words[2], words[3], line);
    }
  }

  /** Streams that C tor opens for itself (PURPOSE other than USER) are not the controller's. */
  private synchronized void onStream(String stream, String status, String line) throws IOException {
    if (pinned.isEmpty()) {
      return;
    }
    if (status.equals("NEW") && line.contains(" PURPOSE=USER")) {
      attach(stream);
    } else if (status.equals("DETACHED")) {
      // The path refused the stream. Waiting for another circuit would only hide that.
      refused(line);
      var _ = send("CLOSESTREAM " + stream + " 1");
    }
  }

  private synchronized void attach(String stream) throws IOException {
    String circuit = pinned.get(attached % pinned.size());
    attached++;
    send("ATTACHSTREAM " + stream + " " + circuit)
        .thenAccept(
            reply -> {
              if (!reply.startsWith("250")) {
                refused(reply);
              }
            });
  }

  private synchronized void refused(String reply) {
    attached--;
    refusals.add(reply);
  }

  private void onReply(String line) {
    CompletableFuture<String> owner;
    synchronized (this) {
      owner = unanswered.poll();
    }
    if (owner != null) {
      owner.complete(line);
    }
  }

  private void onEnd(IOException why) {
    List<CompletableFuture<String>> owners;
    synchronized (this) {
      owners = List.copyOf(unanswered);
      unanswered.clear();
    }
    owners.forEach(owner -> owner.completeExceptionally(why));
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
