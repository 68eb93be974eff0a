package org.tunic.directory.upload;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.fetch.DirAnswer;
import org.tunic.directory.fetch.DirAuthority;
import org.tunic.directory.fetch.DirFetchException;
import org.tunic.directory.fetch.DirRequest;
import org.tunic.directory.fetch.DirServer;

final class DescriptorPublisherTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private final List<String> uploaded = new ArrayList<>();
  private final ArrayDeque<Integer> statuses = new ArrayDeque<>();
  private int made;

  private DescriptorPublisher publisher() throws Exception {
    InetSocketAddress address =
        new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 9001);
    DirAuthority authority =
        new DirAuthority(
            "auth", null, new RsaIdentity(Bytes.copyOf(new byte[20])), List.of(address), address);
    return new DescriptorPublisher(
        List.of(authority),
        this::exchange,
        now ->
            Bytes.copyOf(
                ("descriptor " + ++made).getBytes(java.nio.charset.StandardCharsets.US_ASCII)),
        () -> START,
        Duration.ofSeconds(4));
  }

  private DirAnswer exchange(DirServer server, DirRequest request) throws DirFetchException {
    int status = statuses.isEmpty() ? 200 : statuses.poll();
    if (status == 0) {
      throw new DirFetchException(DirFetchException.Reason.UNREACHABLE);
    }
    uploaded.add(new String(request.body().toArray(), java.nio.charset.StandardCharsets.US_ASCII));
    return DirAnswer.empty(status, "reason");
  }

  @Test
  void progress_onceUploaded_waitsUntilTheDescriptorIsOld() throws Exception {
    DescriptorPublisher.Upload upload = publisher().uploads().getFirst();
    assertEquals(START.plus(Duration.ofHours(18)), upload.progress(START));
    upload.progress(START.plusSeconds(60));
    assertEquals(List.of("descriptor 1"), uploaded);
    upload.progress(START.plus(Duration.ofHours(18)));
    assertEquals(List.of("descriptor 1", "descriptor 2"), uploaded);
  }

  @Test
  void progress_whileTheAuthorityIsDown_triesEverLater() throws Exception {
    DescriptorPublisher.Upload upload = publisher().uploads().getFirst();
    statuses.addAll(List.of(0, 503, 0, 0));
    assertEquals(START.plusSeconds(1), upload.progress(START));
    assertEquals(START.plusSeconds(2), upload.progress(START));
    assertEquals(START.plusSeconds(4), upload.progress(START));
    assertEquals(START.plusSeconds(4), upload.progress(START), "the bound");
    upload.progress(START);
    assertEquals("descriptor 1", uploaded.getLast());
    assertEquals(1, made, "one descriptor for all tries");
  }

  @Test
  void progress_afterARefusal_doesNotInsist() throws Exception {
    DescriptorPublisher publisher = publisher();
    DescriptorPublisher.Upload upload = publisher.uploads().getFirst();
    statuses.add(400);
    upload.progress(START);
    upload.progress(START.plusSeconds(1));
    assertEquals(1, uploaded.size());
    publisher.republish();
    upload.progress(START.plusSeconds(2));
    assertEquals(List.of("descriptor 1", "descriptor 2"), uploaded);
  }
}
