package org.tunic.directory.hsdir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.hs.HsBlindedId;
import org.tunic.crypto.hs.HsIndex;
import org.tunic.crypto.hs.HsSchedule;
import org.tunic.crypto.hs.TimePeriod;
import org.tunic.crypto.identity.Ed25519Identity;
import org.tunic.crypto.identity.RelayIds;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.crypto.key.NtorPublicKey;
import org.tunic.directory.doc.consensus.Lifetime;
import org.tunic.directory.doc.consensus.RelayFlag;
import org.tunic.directory.doc.consensus.SharedRandom;
import org.tunic.directory.doc.microdescriptor.RelayFamily;
import org.tunic.directory.policy.PolicySummary;
import org.tunic.directory.protover.ProtocolVersions;
import org.tunic.directory.view.BandwidthWeights;
import org.tunic.directory.view.ConsensusParameters;
import org.tunic.directory.view.DirInfo;
import org.tunic.directory.view.NetworkView;
import org.tunic.directory.view.Relay;
import org.tunic.testing.SeededRandom;

/** Which slots a consensus has, and which relays keep a descriptor. */
class HsDirRingTest {
  private static final HsSchedule PUBLIC = HsSchedule.of(1440, Duration.ofHours(1));
  private static final Bytes OLD = Bytes.copyOf(new byte[32]);
  private static final Bytes NEW = Bytes.copyOf(new SeededRandom(3).bytes(32));
  private static final SharedRandom BOTH =
      new SharedRandom(new SharedRandom.Value(8, OLD), new SharedRandom.Value(8, NEW));

  private final SeededRandom random = new SeededRandom(12);
  private final DescriptorSlot slot =
      new DescriptorSlot(new TimePeriod(17_000, 1440), NEW, Instant.EPOCH);

  private Relay relay(Set<RelayFlag> flags, String proto, @Nullable Ed25519Identity ed)
      throws Exception {
    return new Relay(
        "r",
        new RelayIds(RsaIdentity.of(random.bytes(20)), ed),
        NtorPublicKey.of(random.bytes(32)),
        List.of(new InetSocketAddress(InetAddress.getByAddress(random.bytes(4)), 443)),
        null,
        flags,
        1,
        ProtocolVersions.of(proto),
        PolicySummary.REJECT_ALL,
        PolicySummary.REJECT_ALL,
        RelayFamily.NONE,
        null);
  }

  private List<Relay> hsDirs(int count) throws Exception {
    List<Relay> relays = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      relays.add(relay(Set.of(RelayFlag.HSDIR), "HSDir=2", Ed25519Identity.of(random.bytes(32))));
    }
    return relays;
  }

  private static NetworkView view(List<Relay> relays, Map<String, Integer> params) {
    Instant at = Instant.parse("2026-11-22T03:00:00Z");
    return new NetworkView(
        new Lifetime(at, at.plusSeconds(3600), at.plusSeconds(10800)),
        new ConsensusParameters(params),
        BandwidthWeights.NONE,
        BOTH,
        relays,
        new DirInfo(1, 1, 1, 1, 1, 0.6, true));
  }

  private HsBlindedId service() {
    return new HsBlindedId(Ed25519Identity.of(random.bytes(32)));
  }

  /** The same by sorting all distances, the way the specification says it in words. */
  private List<Relay> oracle(List<Relay> relays, HsBlindedId service, int replicas, int spread) {
    List<Relay> chosen = new ArrayList<>();
    for (int replica = 1; replica <= replicas; replica++) {
      HsIndex at = HsIndex.ofReplica(service, replica, slot.period());
      Comparator<Relay> byPlace = Comparator.comparing(this::index);
      List<Relay> order = new ArrayList<>();
      relays.stream().filter(r -> index(r).compareTo(at) >= 0).sorted(byPlace).forEach(order::add);
      relays.stream().filter(r -> index(r).compareTo(at) < 0).sorted(byPlace).forEach(order::add);
      order.stream().filter(r -> !chosen.contains(r)).limit(spread).toList().forEach(chosen::add);
    }
    return chosen;
  }

  private HsIndex index(Relay relay) {
    return HsIndex.ofRelay(relay.ids().ed().orElseThrow(), slot.sharedRandom(), slot.period());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5, 7, 8, 9, 40, 300})
  void responsible_ofManyServices_isWhatTheSpecificationSays(int size) throws Exception {
    List<Relay> relays = hsDirs(size);
    HsDirRing ring = HsDirRing.of(view(relays, Map.of()), slot);
    assertEquals(size, ring.size());
    for (int i = 0; i < 25; i++) {
      HsBlindedId service = service();
      assertEquals(oracle(relays, service, 2, 4), ring.forStore(service));
      assertEquals(oracle(relays, service, 2, 3), ring.forFetch(service));
      if (size >= 8) {
        assertEquals(8, ring.forStore(service).size());
        assertEquals(6, ring.forFetch(service).size());
      }
    }
  }

  @Test
  void responsible_withParameters_followsThem() throws Exception {
    List<Relay> relays = hsDirs(100);
    HsDirRing ring =
        HsDirRing.of(
            view(
                relays,
                Map.of("hsdir_n_replicas", 3, "hsdir_spread_store", 5, "hsdir_spread_fetch", 200)),
            slot);
    HsBlindedId service = service();
    assertEquals(oracle(relays, service, 3, 5), ring.forStore(service));
    assertEquals(100, ring.forFetch(service).size()); // 200 counts as 128 for each replica
  }

  @Test
  void ring_withoutDirectories_hasNobody() {
    assertEquals(List.of(), HsDirRing.of(view(List.of(), Map.of()), slot).forFetch(service()));
  }

  @Test
  void ring_ofOtherRelays_leavesThemOut() throws Exception {
    Ed25519Identity ed = Ed25519Identity.of(random.bytes(32));
    List<Relay> relays =
        List.of(
            relay(Set.of(RelayFlag.FAST), "HSDir=2", ed),
            relay(Set.of(RelayFlag.HSDIR), "HSDir=1", ed),
            relay(Set.of(RelayFlag.HSDIR), "HSDir=2", null),
            relay(Set.of(RelayFlag.HSDIR), "HSDir=1-2", ed));
    HsDirRing ring = HsDirRing.of(view(relays, Map.of()), slot);
    assertEquals(List.of(relays.getLast()), ring.forStore(service()));
  }

  @ParameterizedTest
  @CsvSource({
    // valid-after, first period, second period, fetched period: the day of its noon
    "2016-04-13T00:00:00Z, 12, 13, 12",
    "2016-04-13T11:00:00Z, 12, 13, 12",
    "2016-04-13T12:00:00Z, 12, 13, 13",
    "2016-04-13T23:00:00Z, 12, 13, 13",
    "2016-04-14T00:00:00Z, 13, 14, 13"
  })
  void schedule_throughADay_keepsTwoDescriptorsUp(
      String validAfter, int first, int second, int fetch) {
    Instant at = Instant.parse(validAfter);
    HsDirSchedule schedule = HsDirSchedule.of(PUBLIC, at, BOTH);
    assertEquals(noonOf(first), PUBLIC.startOf(schedule.first().period()));
    assertEquals(noonOf(second), PUBLIC.startOf(schedule.second().period()));
    assertEquals(noonOf(fetch), PUBLIC.startOf(schedule.fetch().period()));
    assertEquals(OLD, schedule.first().sharedRandom());
    assertEquals(NEW, schedule.second().sharedRandom());
    assertTrue(at.isBefore(schedule.rotation()));
  }

  private static Instant noonOf(int day) {
    return Instant.parse("2016-04-" + day + "T12:00:00Z");
  }

  /** The heart of it: a client with a consensus a few hours older or newer still finds it. */
  @Test
  void schedule_clientAndServiceApart_meetInOneSlot() {
    Instant start = Instant.parse("2016-04-12T00:00:00Z");
    for (int hour = 0; hour < 48; hour++) {
      HsDirSchedule service = at(start.plusSeconds(3600L * hour));
      for (int apart = -3; apart <= 3; apart++) {
        DescriptorSlot fetch = at(start.plusSeconds(3600L * (hour + apart))).fetch();
        boolean found = fetch.equals(service.first()) || fetch.equals(service.second());
        assertTrue(found, "hour " + hour + " client " + apart);
      }
    }
  }

  /** Shared random values as the authorities would have agreed on them, one for each run. */
  private static HsDirSchedule at(Instant validAfter) {
    Instant run = PUBLIC.runStart(validAfter);
    return HsDirSchedule.of(
        PUBLIC,
        validAfter,
        new SharedRandom(value(PUBLIC.previousRunStart(validAfter)), value(run)));
  }

  private static SharedRandom.Value value(Instant run) {
    return new SharedRandom.Value(
        1, Bytes.copyOf(new SeededRandom(run.getEpochSecond()).bytes(32)));
  }

  @Test
  void schedule_withoutSharedRandom_usesTheDisasterValueOfEachPeriod() {
    HsDirSchedule schedule =
        HsDirSchedule.of(PUBLIC, Instant.parse("2016-04-13T05:00:00Z"), SharedRandom.NONE);
    assertEquals(schedule.first().period().disasterValue(), schedule.first().sharedRandom());
    assertEquals(schedule.second().period().disasterValue(), schedule.second().sharedRandom());
  }

  @Test
  void schedule_ofAView_takesParameterOrTestingLength() {
    NetworkView view = view(List.of(), Map.of("hsdir_interval", 30));
    assertEquals(30, HsDirSchedule.of(view, false).first().period().lengthMinutes());
    assertEquals(1440, HsDirSchedule.of(view, true).first().period().lengthMinutes());
  }
}
