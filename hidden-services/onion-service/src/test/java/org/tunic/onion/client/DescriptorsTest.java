package org.tunic.onion.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tunic.crypto.hs.HsBlindedKeypair;
import org.tunic.crypto.hs.HsId;
import org.tunic.crypto.hs.HsIdKeypair;
import org.tunic.crypto.key.Ed25519Keypair;
import org.tunic.crypto.pow.PowSeed;
import org.tunic.directory.doc.hsdescriptor.HsDescriptor;
import org.tunic.directory.doc.hsdescriptor.HsDescriptorContent;
import org.tunic.directory.doc.hsdescriptor.HsDescriptorWriter;
import org.tunic.directory.doc.hsdescriptor.PowParameters;
import org.tunic.directory.fetch.DirAnswer;
import org.tunic.directory.hsdir.DescriptorSlot;
import org.tunic.directory.hsdir.HsDirSchedule;
import org.tunic.onion.OnionFailure;
import org.tunic.onion.OnionFailure.Reason;
import org.tunic.onion.OnionNetwork;
import org.tunic.onion.descriptor.HsDirectories;
import org.tunic.testing.SeededRandom;

/** What is kept of descriptors, how long and how many. */
final class DescriptorsTest {
  private final OnionNetwork network = new OnionNetwork();
  private final SeededRandom random = new SeededRandom(6);
  private final Descriptors descriptors =
      new Descriptors(
          network.directories(), _ -> Optional.empty(), () -> 31, false, network.clock, random);

  @AfterEach
  void close() {
    network.close();
  }

  private HsId publish(PowParameters pow) throws Exception {
    HsIdKeypair identity = HsIdKeypair.generate(random);
    DescriptorSlot slot = HsDirSchedule.of(network.view(), false).fetch();
    HsBlindedKeypair blinded = identity.blind(slot.period());
    HsDescriptor descriptor =
        new HsDescriptorWriter(blinded, Ed25519Keypair.generate(random), random)
            .write(
                new HsDescriptorContent(false, false, null, pow, List.of()),
                List.of(),
                1,
                HsDescriptor.DEFAULT_MAX_LENGTH,
                network.clock.instant());
    network.stored.put(blinded.id(), descriptor.text());
    return identity.id();
  }

  private boolean kept(HsId service) throws Exception {
    return descriptors.get(service, network.view()).kept();
  }

  @Test
  void get_again_isKeptForItsLifetime() throws Exception {
    HsId service = publish(null);
    assertFalse(kept(service));
    assertTrue(kept(service));
    network.clock.advance(HsDescriptorWriter.LIFETIME.plusSeconds(1));
    assertFalse(kept(service));
    descriptors.forget(service, network.view());
    assertFalse(kept(service));
    descriptors.clear();
    assertFalse(kept(service));
  }

  @Test
  void get_puzzleHasExpired_isFetchedAnew() throws Exception {
    HsId service =
        publish(
            new PowParameters(
                PowSeed.generate(random), 1, network.clock.instant().plusSeconds(60)));
    assertFalse(kept(service));
    assertTrue(kept(service));
    network.clock.advance(Duration.ofSeconds(61));
    assertFalse(kept(service));
  }

  @Test
  void get_tooMany_forgetsTheLastUsed() throws Exception {
    List<HsId> services = new ArrayList<>();
    for (int i = 0; i <= Descriptors.MAX_KEPT; i++) {
      services.add(publish(null));
    }
    for (HsId service : services) {
      kept(service);
    }
    assertEquals(Descriptors.MAX_KEPT, descriptors.size());
    assertTrue(kept(services.getLast()));
    assertFalse(kept(services.getFirst()));
  }

  private final AtomicInteger asked = new AtomicInteger();

  private Descriptors counting(boolean testing, CountDownLatch go) {
    return new Descriptors(
        new HsDirectories(
            (_, _, _) -> {
              asked.incrementAndGet();
              go.await();
              return DirAnswer.empty(404, "Not found");
            }),
        _ -> Optional.empty(),
        () -> 31,
        testing,
        network.clock,
        random);
  }

  private void assertNotFound(Descriptors from, HsId service) {
    assertEquals(
        Reason.DESCRIPTOR_NOT_FOUND,
        assertThrows(OnionFailure.class, () -> from.get(service, network.view())).reason());
  }

  @ParameterizedTest
  @CsvSource({"false, 900", "true, 5"})
  void get_notFound_noDirectoryIsAskedAgainForSomeTime(boolean testing, int seconds)
      throws Exception {
    Descriptors from = counting(testing, new CountDownLatch(0));
    HsId service = HsIdKeypair.generate(random).id();
    assertTrue(from.mayBeFound(service, network.view()));
    assertNotFound(from, service);
    assertEquals(6, asked.get());
    assertFalse(from.mayBeFound(service, network.view()));
    network.clock.advance(Duration.ofSeconds(seconds - 1));
    assertNotFound(from, service);
    assertEquals(6, asked.get());
    network.clock.advance(Duration.ofSeconds(1));
    assertNotFound(from, service);
    assertEquals(12, asked.get());
    from.clear();
    assertNotFound(from, service);
    assertEquals(18, asked.get());
  }

  @Test
  void get_sameServiceAtOnce_isOneSearch() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    Descriptors from = counting(false, go);
    HsId service = HsIdKeypair.generate(random).id();
    List<Thread> visits = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      visits.add(Thread.ofVirtual().start(() -> assertNotFound(from, service)));
    }
    for (Thread visit : visits) {
      while (visit.getState() != Thread.State.WAITING) {
        Thread.onSpinWait();
      }
    }
    assertEquals(1, asked.get());
    go.countDown();
    for (Thread visit : visits) {
      visit.join();
    }
    assertEquals(6, asked.get());
  }
}
