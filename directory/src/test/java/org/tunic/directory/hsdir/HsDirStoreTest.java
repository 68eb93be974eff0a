package org.tunic.directory.hsdir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.hs.HsBlindedKeypair;
import org.tunic.crypto.hs.HsIdKeypair;
import org.tunic.crypto.hs.TimePeriod;
import org.tunic.crypto.key.Ed25519Keypair;
import org.tunic.directory.doc.hsdescriptor.HsDescriptor;
import org.tunic.directory.doc.hsdescriptor.HsDescriptorContent;
import org.tunic.directory.doc.hsdescriptor.HsDescriptorWriter;
import org.tunic.directory.fetch.DirAnswer;
import org.tunic.directory.fetch.DirRequest;
import org.tunic.testing.SeededRandom;

/** What a directory of onion services takes, gives, forgets and drives out. */
class HsDirStoreTest {
  private static final int MAX_LENGTH = HsDescriptor.DEFAULT_MAX_LENGTH;

  private final SeededRandom random = new SeededRandom(12);
  private Instant now = Instant.parse("2026-11-22T19:44:30Z");
  private int maxLength = MAX_LENGTH;
  private long maxBytes = 10_000_000;
  private final HsDirStore store = new HsDirStore(() -> now, () -> maxLength, () -> maxBytes);

  /** One service and its descriptors. */
  private final class Service {
    final HsBlindedKeypair blinded =
        HsIdKeypair.generate(random).blind(new TimePeriod(20_000, 1440));
    final HsDescriptorWriter writer =
        new HsDescriptorWriter(blinded, Ed25519Keypair.generate(random), random);

    Bytes descriptor(long revision) throws Exception {
      HsDescriptorContent content = new HsDescriptorContent(false, false, null, null, List.of());
      return Bytes.copyOf(
          writer.write(content, List.of(), revision, MAX_LENGTH, now).text().bytes());
    }

    int upload(Bytes descriptor) {
      return store.answer(DirRequest.post("/tor/hs/3/publish", descriptor), true).status();
    }

    DirAnswer fetch() {
      return fetch(true);
    }

    DirAnswer fetch(boolean anonymous) {
      DirRequest request = DirRequest.get("/tor/hs/3/" + blinded.id().unredacted(), MAX_LENGTH);
      return store.answer(request, anonymous);
    }
  }

  @Test
  void upload_isServedAsItCame() throws Exception {
    Service service = new Service();
    assertEquals(404, service.fetch().status());
    Bytes descriptor = service.descriptor(1);
    assertEquals(200, service.upload(descriptor));
    assertEquals(200, service.fetch().status());
    assertEquals(descriptor, service.fetch().body());
    assertEquals(404, new Service().fetch().status());
  }

  @Test
  void upload_thatIsNoNewer_isRefused() throws Exception {
    Service service = new Service();
    Bytes second = service.descriptor(2);
    assertEquals(200, service.upload(second));
    assertEquals(400, service.upload(service.descriptor(1)));
    assertEquals(400, service.upload(second));
    assertEquals(second, service.fetch().body());
    Bytes third = service.descriptor(3);
    assertEquals(200, service.upload(third));
    assertEquals(third, service.fetch().body());
    assertEquals(1, store.size());
  }

  @Test
  void requests_byOneHop_areRefused() throws Exception {
    Service service = new Service();
    Bytes descriptor = service.descriptor(1);
    DirRequest upload = DirRequest.post("/tor/hs/3/publish", descriptor);
    assertEquals(503, store.answer(upload, false).status());
    assertEquals(0, store.size());
    assertEquals(200, service.upload(descriptor));
    assertEquals(503, service.fetch(false).status());
  }

  @Test
  void upload_thatIsNoDescriptor_isRefused() throws Exception {
    Service service = new Service();
    byte[] spoilt = service.descriptor(1).toArray();
    spoilt[spoilt.length / 2] ^= 1;
    assertEquals(400, service.upload(Bytes.copyOf(spoilt)));
    assertEquals(400, service.upload(Bytes.EMPTY));
    Bytes descriptor = service.descriptor(1);
    DirRequest elsewhere = DirRequest.post("/tor/hs/3/other", descriptor);
    assertEquals(400, store.answer(elsewhere, true).status());
    maxLength = descriptor.length();
    assertEquals(400, service.upload(descriptor));
    maxLength++;
    assertEquals(200, service.upload(descriptor));
  }

  @Test
  void fetch_afterTheLifetime_findsNothing() throws Exception {
    Service service = new Service();
    assertEquals(200, service.upload(service.descriptor(1)));
    now = now.plus(Duration.ofHours(3)).minusSeconds(1);
    assertEquals(200, service.fetch().status());
    now = now.plusSeconds(1);
    assertEquals(404, service.fetch().status());
    assertEquals(0, store.bytes());
  }

  @Test
  void expire_forgetsWhatNobodyAskedFor() throws Exception {
    Service old = new Service();
    assertEquals(200, old.upload(old.descriptor(1)));
    now = now.plus(Duration.ofHours(2));
    Service young = new Service();
    assertEquals(200, young.upload(young.descriptor(1)));
    now = now.plus(Duration.ofHours(1));
    store.expire();
    assertEquals(1, store.size());
    assertEquals(200, young.fetch().status());
  }

  @Test
  void uploads_beyondTheBound_driveOutWhatIsAskedForLeast() throws Exception {
    List<Service> services = new ArrayList<>();
    Service wanted = new Service();
    assertEquals(200, wanted.upload(wanted.descriptor(1)));
    maxBytes = 5 * store.bytes();
    assertEquals(200, wanted.fetch().status());
    for (int i = 0; i < 30; i++) {
      Service service = new Service();
      services.add(service);
      assertEquals(200, service.upload(service.descriptor(1)));
      assertTrue(store.bytes() <= maxBytes, store.bytes() + " bytes");
      assertEquals(200, service.fetch().status(), "the newest stays");
      assertEquals(200, wanted.fetch().status(), "asked for most");
    }
    assertTrue(services.stream().anyMatch(service -> service.fetch().status() == 404));
  }
}
