package org.tunic.onion.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tunic.crypto.hs.HsId;
import org.tunic.crypto.hs.HsIdKeypair;
import org.tunic.directory.fetch.DirAnswer;
import org.tunic.onion.OnionFailure;
import org.tunic.onion.OnionNetwork;
import org.tunic.onion.descriptor.HsDirectories;
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
              (_, _) -> {
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
}
