package org.tunic.onion.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.hs.HsBlindedId;
import org.tunic.crypto.hs.HsId;
import org.tunic.crypto.hs.HsIdKeypair;
import org.tunic.directory.fetch.DirAnswer;
import org.tunic.directory.netdoc.NetdocText;
import org.tunic.onion.OnionFailure;
import org.tunic.onion.OnionNetwork;
import org.tunic.onion.descriptor.HsDirectories;
import org.tunic.onion.host.OnionService;
import org.tunic.onion.host.ServiceSettings;
import org.tunic.onion.host.VisitorStream;
import org.tunic.router.stream.DataStream;
import org.tunic.router.stream.socks.IsolationKey;
import org.tunic.testing.SeededRandom;

/** How many visits and streams an application can make a client keep. */
@Timeout(120)
final class OnionClientTest {
  private static OnionFailure.Reason reason(CompletableFuture<DataStream> stream) {
    ExecutionException thrown =
        assertThrows(ExecutionException.class, () -> stream.get(60, TimeUnit.SECONDS));
    return assertInstanceOf(OnionFailure.class, thrown.getCause()).reason();
  }

  @Test
  void dial_moreThanTheBounds_isRefusedAtOnce() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    try (OnionNetwork network = new OnionNetwork()) {
      OnionNetwork.Node node = network.node(1);
      HsDirectories slow =
          new HsDirectories(
              (_, _, _) -> {
                go.await();
                return DirAnswer.empty(404, "Not found");
              });
      HsId service = HsIdKeypair.generate(new SeededRandom(2)).id();
      try (OnionClient client =
          new OnionClient(
              node.circuits,
              slow,
              _ -> java.util.Optional.empty(),
              network.network.flow,
              false,
              true,
              OnionNetwork.DIRTINESS,
              network.clock,
              node.random)) {
        List<CompletableFuture<DataStream>> all = new ArrayList<>();
        for (int i = 0; i < OnionClient.MAX_VISITS; i++) {
          all.add(client.dial(service, 80, IsolationKey.ofGroup(i)));
        }
        assertEquals(
            OnionFailure.Reason.TOO_MANY_VISITS,
            reason(client.dial(service, 80, IsolationKey.ofGroup(-1))));
        for (int i = all.size(); i < OnionClient.MAX_WAITING; i++) {
          all.add(client.dial(service, 80, IsolationKey.ofGroup(0)));
        }
        assertEquals(
            OnionFailure.Reason.TOO_MANY_VISITS,
            reason(client.dial(service, 80, IsolationKey.ofGroup(0))));
        assertTrue(all.stream().noneMatch(CompletableFuture::isDone));
        go.countDown();
        for (CompletableFuture<DataStream> stream : all) {
          assertEquals(OnionFailure.Reason.DESCRIPTOR_NOT_FOUND, reason(stream));
        }
        assertEquals(
            OnionFailure.Reason.DESCRIPTOR_NOT_FOUND,
            reason(client.dial(service, 80, IsolationKey.ofGroup(-1))),
            "there is room again");
      }
    }
  }

  @Test
  void dial_meetingThatTakesTooLong_isGivenUp() throws Exception {
    try (OnionNetwork network = new OnionNetwork()) {
      OnionNetwork.Node node = network.node(1);
      CountDownLatch never = new CountDownLatch(1);
      CountDownLatch interrupted = new CountDownLatch(1);
      HsDirectories silent =
          new HsDirectories(
              (_, _, _) -> {
                try {
                  never.await();
                } catch (InterruptedException e) {
                  interrupted.countDown();
                  throw e;
                }
                return DirAnswer.empty(404, "Not found");
              });
      HsId service = HsIdKeypair.generate(new SeededRandom(2)).id();
      Duration ample = Duration.ofMinutes(1);
      try (OnionClient client =
          new OnionClient(
              node.circuits,
              silent,
              _ -> java.util.Optional.empty(),
              network.network.flow,
              false,
              true,
              OnionNetwork.DIRTINESS,
              new VisitWorld.Patience(ample, ample, ample, ample, Duration.ofMillis(200)),
              network.clock,
              node.random)) {
        CompletableFuture<DataStream> visit =
            client.dial(service, 80, IsolationKey.ofGroup(1)).orTimeout(30, TimeUnit.SECONDS);
        assertEquals(OnionFailure.Reason.INTRODUCTION_TIMED_OUT, reason(visit));
        assertTrue(interrupted.await(30, TimeUnit.SECONDS));
      }
    }
  }

  @Test
  void dial_oneIsolationKeysVisits_keepNobodyElseOut_andTheLongestIdleOneMakesRoom()
      throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    try (OnionNetwork network = new OnionNetwork()) {
      OnionNetwork.Node node = network.node(1);
      OnionService service =
          network
              .node(2)
              .services
              .add(
                  HsIdKeypair.generate(new SeededRandom(2)),
                  ServiceSettings.of(Map.of(80, List.of(VisitorStream::accept))));
      service.published().get(30, TimeUnit.SECONDS);
      HsDirectories slowForOthers =
          new HsDirectories(
              (_, _, request) -> {
                for (Map.Entry<HsBlindedId, NetdocText> one : network.stored.entrySet()) {
                  if (request.path().endsWith(one.getKey().unredacted())) {
                    return DirAnswer.ok(Bytes.copyOf(one.getValue().bytes()));
                  }
                }
                go.await();
                return DirAnswer.empty(404, "Not found");
              });
      IsolationKey greedy = IsolationKey.ofGroup(1);
      try (OnionClient client =
          new OnionClient(
              node.circuits,
              slowForOthers,
              _ -> java.util.Optional.empty(),
              network.network.flow,
              false,
              true,
              OnionNetwork.DIRTINESS,
              network.clock,
              node.random)) {
        DataStream idle = client.dial(service.id(), 80, greedy).get(30, TimeUnit.SECONDS);
        CountDownLatch closed = new CountDownLatch(1);
        idle.closeFuture().addListener(_ -> closed.countDown()); // after the client's own listener
        idle.close();
        closed.await();
        SeededRandom random = new SeededRandom(3);
        for (int i = 1; i < OnionClient.MAX_VISITS_OF_ONE; i++) {
          assertFalse(dialNobody(client, random, greedy).isDone());
        }
        assertFalse(dialNobody(client, random, greedy).isDone(), "in the place of the idle one");
        assertEquals(
            OnionFailure.Reason.TOO_MANY_VISITS, reason(dialNobody(client, random, greedy)));
        assertTrue(
            client
                .dial(service.id(), 80, IsolationKey.ofGroup(2))
                .get(30, TimeUnit.SECONDS)
                .isActive());
        go.countDown();
      }
    }
  }

  @Test
  void abandonCircuits_streamsToCome_haveAnotherCircuit_andOpenOnesGoOn() throws Exception {
    try (OnionNetwork network = new OnionNetwork()) {
      List<Bytes> circuits = new CopyOnWriteArrayList<>();
      OnionService service =
          network
              .node(2)
              .services
              .add(
                  HsIdKeypair.generate(new SeededRandom(2)),
                  ServiceSettings.of(
                      Map.of(
                          80,
                          List.of(
                              stream -> {
                                circuits.add(stream.circuitTag());
                                stream.accept();
                              }))));
      service.published().get(30, TimeUnit.SECONDS);
      OnionClient client = network.node(1).client;
      IsolationKey key = IsolationKey.ofGroup(1);
      DataStream first = client.dial(service.id(), 80, key).get(30, TimeUnit.SECONDS);
      client.dial(service.id(), 80, key).get(30, TimeUnit.SECONDS);
      client.abandonCircuits();
      client.dial(service.id(), 80, key).get(30, TimeUnit.SECONDS);
      assertEquals(circuits.get(0), circuits.get(1));
      assertNotEquals(circuits.get(0), circuits.get(2));
      assertTrue(first.isActive());
    }
  }

  private static CompletableFuture<DataStream> dialNobody(
      OnionClient client, SeededRandom random, IsolationKey isolation) {
    return client.dial(HsIdKeypair.generate(random).id(), 80, isolation);
  }
}
