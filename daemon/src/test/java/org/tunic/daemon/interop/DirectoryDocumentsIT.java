package org.tunic.daemon.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tunic.directory.doc.hsdescriptor.HsDescriptorForge;

/**
 * What authorities and caches serve, judged by programs that are neither ours nor C tor's: {@code
 * stem} parses every kind of document with validation on, and the decoders of the distribution undo
 * every content coding. Threads: that of the test.
 */
@OverSharedNetworks
class DirectoryDocumentsIT {
  private static final Path STEM =
      Repository.root().resolve("daemon/src/test/resources/interop/stem-check.py");

  /** A round and a half: detached signatures are to be had in the last seconds of each. */
  private static final int ROUND_SECONDS = 40;

  @ParameterizedTest
  @EnumSource(Subject.class)
  void everyDocument_ofSubject_isAcceptedByStem(Subject subject, SharedNetworks networks)
      throws Exception {
    Interop.requireProgram("/usr/bin/python3", "-c", "import stem, cryptography");
    TorNode authority = networks.of(subject).node("auth0");
    Process stem =
        new ProcessBuilder(
                "/usr/bin/python3",
                STEM.toString(),
                "127.0.0.1",
                Integer.toString(authority.ports().dir()),
                Integer.toString(ROUND_SECONDS))
            .redirectErrorStream(true)
            .start();
    String said = new String(stem.getInputStream().readAllBytes(), UTF_8);
    assertEquals(0, stem.waitFor(), said);
    assertEquals(9, said.lines().count(), said);
  }

  /** What a service publishes: the outer layer, and the two that only its clients can read. */
  @Test
  void hsDescriptor_ofOurs_isAcceptedByStem() throws Exception {
    Interop.requireProgram("/usr/bin/python3", "-c", "import stem, cryptography");
    HsDescriptorForge service = new HsDescriptorForge(4);
    byte[] descriptor = service.publish(3, Instant.now()).text().bytes();
    assertEquals(
        "hidden-service-descriptor-3 1\nintroduction-point 3\n",
        stem(descriptor, "hidden-service-descriptor-3 1.0", service.address()));
  }

  /** What stem says of documents; fails if it refuses one. */
  static String stem(byte[] documents, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("/usr/bin/python3", STEM.toString()));
    command.addAll(List.of(arguments));
    return new String(run(command, documents), UTF_8);
  }

  /**
   * The names of codings in requests, a document that C tor codes so, and what of the distribution
   * undoes it. C tor has LZMA for a consensus only, and no gzip for one.
   */
  private enum Coding {
    SUFFIX("deflate", "/tor/server/all.z", "/usr/bin/python3", "-c", ZLIB),
    DEFLATE("deflate", "/tor/server/all", "/usr/bin/python3", "-c", ZLIB),
    GZIP("gzip", "/tor/server/all", "gzip", "-dc"),
    ZSTD("x-zstd", "/tor/server/all", "zstd", "-dc"),
    LZMA("x-tor-lzma", "/tor/status-vote/current/consensus", "xz", "--format=lzma", "-dc");

    private final String header;
    private final String path;
    private final List<String> decoder;

    Coding(String header, String path, String... decoder) {
      this.header = header;
      this.path = path;
      this.decoder = List.of(decoder);
    }

    /** A suffix is for those who do not know the header. */
    private String accepted() {
      return path.endsWith(".z") ? "" : header;
    }

    private String plainPath() {
      return path.replace(".z", "");
    }
  }

  private static final String ZLIB =
      "import sys, zlib; sys.stdout.buffer.write(zlib.decompress(sys.stdin.buffer.read()))";

  @ParameterizedTest
  @EnumSource(Subject.class)
  void everyCoding_ofSubject_isUndoneByTheDistributionsDecoder(
      Subject subject, SharedNetworks networks) throws Exception {
    List<String> differing = new ArrayList<>();
    for (String name : List.of("auth0", "mid0")) {
      TorNode server = networks.of(subject).node(name);
      for (Coding coding : Coding.values()) {
        Interop.requireProgram("which", coding.decoder.getFirst());
        if (!isUndone(server, coding)) {
          differing.add(name + ": " + coding);
        }
      }
      String keys = "/tor/keys/all";
      assertArrayEquals(get(server, keys, "identity", false), get(server, keys, "br", false));
    }
    assertEquals(List.of(), differing);
  }

  private static boolean isUndone(TorNode server, Coding coding) throws Exception {
    for (int attempt = 0; attempt < 3; attempt++) { // a new consensus may come between the two
      byte[] plain = get(server, coding.plainPath(), "identity", false);
      byte[] coded = get(server, coding.path, coding.accepted(), true);
      String head = new String(Arrays.copyOf(coded, Math.min(coded.length, 600)), UTF_8);
      assertTrue(head.contains("Content-Encoding: " + coding.header + "\r\n"), head);
      if (Arrays.equals(plain, run(coding.decoder, body(coded)))) {
        return true;
      }
    }
    return false;
  }

  /** A document; with the header of the answer if asked for. */
  private static byte[] get(TorNode server, String path, String accepted, boolean withHeader)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("curl", "-q", "-sS", "-m", "20"));
    if (withHeader) {
      command.add("-i");
    }
    command.addAll(List.of("-H", "Accept-Encoding: " + accepted));
    command.add("http://127.0.0.1:" + server.ports().dir() + path);
    return run(command, new byte[0]);
  }

  private static byte[] body(byte[] answer) {
    for (int i = 0; ; i++) {
      if (answer[i] == '\r' && answer[i + 1] == '\n' && answer[i + 2] == '\r') {
        return Arrays.copyOfRange(answer, i + 4, answer.length);
      }
    }
  }

  private static byte[] run(List<String> command, byte[] input)
      throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).start();
    try (var in = process.getOutputStream()) {
      in.write(input);
    }
    byte[] output = process.getInputStream().readAllBytes();
    String said = new String(process.getErrorStream().readAllBytes(), UTF_8);
    assertEquals(0, process.waitFor(), command + ": " + said);
    return output;
  }
}
