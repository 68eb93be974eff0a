package org.tunic.onion.host;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.tunic.crypto.hs.HsIdKeypair;
import org.tunic.directory.doc.hsdescriptor.HsDescriptor;
import org.tunic.directory.doc.hsdescriptor.HsDescriptorContent;
import org.tunic.directory.hsdir.DescriptorSlot;
import org.tunic.directory.hsdir.HsDirSchedule;
import org.tunic.directory.netdoc.DocumentSyntaxException;
import org.tunic.onion.OnionNetwork;
import org.tunic.testing.SeededRandom;

/** What becomes of a descriptor that does not fit. */
final class PublishedDescriptorTest {
  private static final HsDescriptorContent CONTENT =
      new HsDescriptorContent(false, false, null, null, List.of());
  private static final HsDescriptorContent OTHER =
      new HsDescriptorContent(false, true, null, null, List.of());

  private final OnionNetwork network = new OnionNetwork();
  private final SeededRandom random = new SeededRandom(12);
  private final DescriptorSlot slot = HsDirSchedule.of(network.view(), false).first();
  private final Instant now = network.clock.instant();

  @AfterEach
  void close() {
    network.close();
  }

  @Test
  void current_tooLong_isSaidOnceUntilItIsSomethingElse() throws Exception {
    try (HsIdKeypair identity = HsIdKeypair.generate(random);
        PublishedDescriptor descriptor = new PublishedDescriptor(identity, slot, random)) {
      assertThrows(DocumentSyntaxException.class, () -> current(descriptor, CONTENT, 100));
      assertTrue(current(descriptor, CONTENT, 100).isEmpty());
      assertThrows(DocumentSyntaxException.class, () -> current(descriptor, OTHER, 100));
      assertTrue(current(descriptor, OTHER, HsDescriptor.DEFAULT_MAX_LENGTH).isPresent());
      assertTrue(current(descriptor, OTHER, HsDescriptor.DEFAULT_MAX_LENGTH).isPresent());
    }
  }

  private Optional<HsDescriptor> current(
      PublishedDescriptor descriptor, HsDescriptorContent content, int maxLength)
      throws DocumentSyntaxException {
    return descriptor.current(content, List.of(), slot.runStart(), maxLength, now);
  }
}
