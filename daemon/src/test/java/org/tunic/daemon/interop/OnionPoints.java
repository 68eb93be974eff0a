package org.tunic.daemon.interop;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.hs.HsId;
import org.tunic.crypto.hs.Subcredential;
import org.tunic.directory.doc.hsdescriptor.HsDescriptor;
import org.tunic.directory.doc.hsdescriptor.HsDescriptorContent;
import org.tunic.directory.doc.hsdescriptor.HsDescriptorRefusedException;
import org.tunic.directory.doc.hsdescriptor.HsIntroPoint;
import org.tunic.directory.netdoc.DocumentSyntaxException;
import org.tunic.directory.netdoc.NetdocText;
import org.tunic.router.circuit.HopSpec;

/**
 * The introduction points of a service, from the descriptor that a C tor client fetches.
 *
 * <p>Threads: that of the test.
 */
final class OnionPoints {
  private static final int SENDME_INCREMENT = 31;

  private final TorNetwork network;
  private final ControlPort reader;

  OnionPoints(TorNetwork network, ControlPort reader) {
    this.network = network;
    this.reader = reader;
  }

  /**
   * The relays that the newest descriptor names, as far as the reader has got it; empty if none.
   *
   * @param onion the address with its suffix
   */
  List<TorNode> of(String onion) {
    try {
      HsId service = HsId.parse(onion);
      String text = reader.onionDescriptor(service.unredacted(), List.of());
      if (text.isEmpty()) {
        return List.of();
      }
      Instant now = Instant.ofEpochMilli(System.currentTimeMillis());
      HsDescriptor descriptor =
          HsDescriptor.parse(
              NetdocText.of(text.getBytes(ISO_8859_1)), HsDescriptor.DEFAULT_MAX_LENGTH, now);
      HsDescriptorContent content =
          descriptor.open(
              descriptor.blindedId(),
              Subcredential.of(service, descriptor.blindedId()),
              null,
              SENDME_INCREMENT,
              now);
      List<TorNode> points = new ArrayList<>();
      for (HsIntroPoint point : content.introPoints()) {
        String fingerprint =
            HopSpec.of(point.specifiers(), point.onionKey()).orElseThrow().ids().rsa().hex();
        network.nodes().stream()
            .filter(node -> node.fingerprint().equals(fingerprint))
            .forEach(points::add);
      }
      return points;
    } catch (IOException
        | MalformedException
        | DocumentSyntaxException
        | HsDescriptorRefusedException e) {
      throw new AssertionError("the descriptor that C tor has", e);
    }
  }
}
