package org.tunic.daemon.wiring;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a server is told of a circuit. */
class ServiceTargetsTest {
  /**
   * C tor: {@code fc00:dead:beef:4dad:} and the number in two halves, the lower one as the port.
   */
  @ParameterizedTest
  @CsvSource({
    "7, 80, PROXY TCP6 fc00:dead:beef:4dad::0:7 ::1 7 80",
    "-1, 65535, PROXY TCP6 fc00:dead:beef:4dad::ffff:ffff ::1 65535 65535",
    "1234567, 443, PROXY TCP6 fc00:dead:beef:4dad::12:d687 ::1 54919 443"
  })
  void proxyLine_isCTors(int circuit, int port, String line) {
    assertEquals(line + "\r\n", ServiceTargets.proxyLine(circuit, port));
  }
}
