package org.tunic.daemon.wiring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * C tor's descriptor says of each exit policy what was recorded, and what ours says. One relay is
 * told every policy over its control port; its DirPort shows the descriptor.
 */
class CTorExitPolicyIT {
  private static final List<String> OPTIONS =
      List.of(
          "ExitRelay", "ExitPolicy", "ReducedExitPolicy", "IPv6Exit", "ExitPolicyRejectPrivate");

  private static final int START_SECONDS = 60;

  @TempDir Path directory;
  private int dirPort;

  @Test
  void descriptors_sayTheSame() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/tor")), "no C tor on this machine");
    int[] ports = freePorts(3);
    dirPort = ports[1];
    Process tor = start(ports);
    try (Socket control = control(ports[2])) {
      BufferedReader answers =
          new BufferedReader(
              new InputStreamReader(control.getInputStream(), StandardCharsets.US_ASCII));
      assertEquals("250 OK", ask(control, answers, "AUTHENTICATE"));
      for (ExitPolicyCases.Case wanted : ExitPolicyCases.all()) {
        assertEquals(
            "250 OK", ask(control, answers, resetConf(wanted.options())), wanted::toString);
        List<String> theirs = List.of();
        for (int i = 0; i < 40 && !theirs.equals(wanted.lines()); i++) {
          TimeUnit.MILLISECONDS.sleep(i == 0 ? 20 : 250);
          theirs = policyLines();
        }
        assertEquals(wanted.lines(), theirs, wanted::toString);
        assertEquals(theirs, ExitPolicyCases.ours(wanted.options()), wanted::toString);
      }
    } finally {
      tor.destroy();
      assertTrue(tor.waitFor(START_SECONDS, TimeUnit.SECONDS));
    }
  }

  private static String resetConf(List<String> options) {
    String set =
        options.stream()
            .map(line -> line.split(" ", 2))
            .map(pair -> pair[0] + "=\"" + pair[1] + "\"")
            .collect(Collectors.joining(" "));
    String unset =
        OPTIONS.stream()
            .filter(name -> options.stream().noneMatch(line -> line.startsWith(name + " ")))
            .collect(Collectors.joining(" "));
    return "RESETCONF " + set + " " + unset;
  }

  private Process start(int[] ports) throws IOException {
    Path data = Files.createDirectory(directory.resolve("data"));
    Path torrc =
        Files.write(
            directory.resolve("torrc"),
            List.of(
                "DataDirectory " + data,
                "Nickname pol",
                "ContactInfo pol@test.invalid",
                "Address " + ExitPolicyCases.ADDRESS,
                "ORPort 127.0.0.1:" + ports[0] + " NoAdvertise",
                "ORPort " + ExitPolicyCases.ADDRESS + ":" + ports[0] + " NoListen",
                "DirPort 127.0.0.1:" + ports[1] + " NoAdvertise",
                "ControlPort 127.0.0.1:" + ports[2],
                "AssumeReachable 1",
                "PublishServerDescriptor 0",
                "SocksPort 0",
                "ExitRelay 1",
                "DirAuthority nobody orport=1 no-v2 v3ident="
                    + "A".repeat(40)
                    + " 127.0.0.1:1 "
                    + "B".repeat(40)));
    return new ProcessBuilder("timeout", "280", "tor", "-f", torrc.toString())
        .redirectErrorStream(true)
        .redirectOutput(directory.resolve("out").toFile())
        .start();
  }

  private static int[] freePorts(int count) throws IOException {
    List<ServerSocket> held = new ArrayList<>();
    int[] ports = new int[count];
    for (int i = 0; i < count; i++) {
      held.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
      ports[i] = held.get(i).getLocalPort();
    }
    for (ServerSocket socket : held) {
      socket.close();
    }
    return ports;
  }

  private static Socket control(int port) throws Exception {
    for (int i = 0; ; i++) {
      try {
        return new Socket(InetAddress.getLoopbackAddress(), port);
      } catch (IOException e) {
        if (i > 10 * START_SECONDS) {
          throw e;
        }
        TimeUnit.MILLISECONDS.sleep(100);
      }
    }
  }

  private static String ask(Socket control, BufferedReader answers, String command)
      throws IOException {
    control.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.US_ASCII));
    return answers.readLine();
  }

  private List<String> policyLines() throws IOException {
    try (Socket http = new Socket(InetAddress.getLoopbackAddress(), dirPort)) {
      http.getOutputStream()
          .write("GET /tor/server/authority HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      return new String(http.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(l -> l.matches("(accept|reject|ipv6-policy) .*"))
          .toList();
    }
  }
}
