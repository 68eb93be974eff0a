package org.tunic.daemon.link;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.tunic.crypto.identity.Ed25519Identity;
import org.tunic.crypto.identity.RelayIds;
import org.tunic.crypto.identity.RsaIdentity;

/** One unmodified C tor on loopback, in no network. */
final class CTorProcess implements AutoCloseable {
  private static final int ED25519_FILE_HEADER = 32;

  private final Process process;
  private final Path directory;
  private final int orPort;

  private CTorProcess(Process process, Path directory, int orPort) {
    this.process = process;
    this.directory = directory;
    this.orPort = orPort;
  }

  static boolean available() {
    return Files.isExecutable(Path.of("/usr/sbin/tor"))
        || Files.isExecutable(Path.of("/usr/bin/tor"));
  }

  /** A relay that knows a directory authority at which nobody listens. */
  static CTorProcess relay(Path directory) throws Exception {
    int orPort = freePort();
    CTorProcess tor =
        start(
            directory,
            orPort,
            List.of(
                "Nickname link",
                "ContactInfo link@test.invalid",
                "Address 127.0.0.1",
                "ORPort 127.0.0.1:" + orPort + " IPv4Only",
                "AssumeReachable 1",
                "PublishServerDescriptor 0",
                "ExitPolicy reject *:*",
                "SocksPort 0",
                "DirAuthority nobody orport=1 no-v2 v3ident="
                    + "A".repeat(40)
                    + " 127.0.0.1:1 "
                    + "B".repeat(40)));
    LinkNode.until(() -> tor.log().contains("Opened OR listener"));
    LinkNode.until(() -> Files.exists(tor.directory.resolve("fingerprint-ed25519")));
    return tor;
  }

  /** A client whose only directory authority is the relay at {@code authority}. */
  static CTorProcess client(Path directory, RelayIds relay, InetSocketAddress authority)
      throws Exception {
    return start(
        directory,
        0,
        List.of(
            "SocksPort 0",
            "FetchUselessDescriptors 1",
            "DirAuthority ours orport="
                + authority.getPort()
                + " no-v2 v3ident="
                + "A".repeat(40)
                + " 127.0.0.1:1 "
                + relay.rsa().hex()));
  }

  private static CTorProcess start(Path directory, int orPort, List<String> own) throws Exception {
    Path torrc = directory.resolve("torrc");
    Path data = Files.createDirectories(directory.resolve("data"));
    List<String> lines =
        new java.util.ArrayList<>(
            List.of(
                "TestingTorNetwork 1",
                "DataDirectory " + data,
                "Log info file " + directory.resolve("log"),
                "SafeLogging 0",
                "RunAsDaemon 0"));
    lines.addAll(own);
    Files.write(torrc, lines);
    Process process =
        new ProcessBuilder("tor", "-f", torrc.toString())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("out").toFile())
            .start();
    return new CTorProcess(process, data, orPort);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, LinkNode.LOOPBACK)) {
      return socket.getLocalPort();
    }
  }

  InetSocketAddress address() {
    return new InetSocketAddress(LinkNode.LOOPBACK, orPort);
  }

  /** The identities in the files of its data directory. */
  RelayIds ids() throws Exception {
    String fingerprint = Files.readString(directory.resolve("fingerprint")).strip().split(" ")[1];
    byte[] file = Files.readAllBytes(directory.resolve("keys/ed25519_master_id_public_key"));
    return new RelayIds(
        RsaIdentity.fromHex(fingerprint),
        Ed25519Identity.of(Arrays.copyOfRange(file, ED25519_FILE_HEADER, file.length)));
  }

  String log() {
    try {
      return Files.readString(directory.resolveSibling("log"))
          + Files.readString(directory.resolveSibling("out"));
    } catch (IOException e) {
      return "";
    }
  }

  @Override
  public void close() {
    process.destroy();
    process
        .onExit()
        .orTimeout(10, TimeUnit.SECONDS)
        .exceptionally(_ -> process.destroyForcibly())
        .join();
  }
}
