package org.tunic.directory.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.directory.CtorDocs;
import org.tunic.directory.doc.consensus.Consensus;
import org.tunic.directory.doc.extrainfo.ExtraInfo;
import org.tunic.directory.doc.keycertificate.KeyCertificate;
import org.tunic.directory.doc.microdescriptor.Microdescriptor;
import org.tunic.directory.doc.routerdescriptor.RouterDescriptor;
import org.tunic.directory.doc.vote.Vote;
import org.tunic.directory.fetch.DirAnswer;
import org.tunic.directory.fetch.DirRequest;
import org.tunic.directory.netdoc.NetdocText;
import org.tunic.testing.ManualClock;

class DirectoryResponderVectorTest {
  private static final String CONSENSUS = "/tor/status-vote/current/consensus";
  private static final String NOBODY = "0".repeat(40);

  private static final Consensus NS = CtorDocs.consensus("consensus");
  private static final Consensus MICRODESC = CtorDocs.consensus("consensus-microdesc");
  private static final List<KeyCertificate> CERTIFICATES = CtorDocs.certificates();
  private static final List<Microdescriptor> MICRODESCRIPTORS =
      Microdescriptor.parseAll(CtorDocs.text("microdescriptors"));
  private static final List<RouterDescriptor> DESCRIPTORS =
      RouterDescriptor.parseAll(CtorDocs.text("server-descriptors"));
  private static final List<ExtraInfo> EXTRA_INFOS =
      ExtraInfo.parseAll(CtorDocs.text("extra-infos"));

  private final ManualClock clock = new ManualClock(CtorDocs.NOW);
  private final DocumentBoard board = new DocumentBoard();
  private final DirectoryResponder cache = new DirectoryResponder(board, clock);

  DirectoryResponderVectorTest() {
    board.change(
        served ->
            served.withCached(
                new DocumentSet.Builder()
                    .consensus(NS)
                    .consensus(MICRODESC)
                    .certificates(CERTIFICATES)
                    .microdescriptors(MICRODESCRIPTORS)
                    .descriptors(DESCRIPTORS)
                    .extraInfos(EXTRA_INFOS)
                    .build()));
  }

  // ---- what is there, by URL ----

  @Test
  void cache_everyUrl_givesTheDocumentsItNames() {
    RouterDescriptor relay = DESCRIPTORS.get(0);
    RouterDescriptor other = DESCRIPTORS.get(1);
    ExtraInfo extra = EXTRA_INFOS.get(0);
    KeyCertificate cert = CERTIFICATES.get(0);
    KeyCertificate cert1 = CERTIFICATES.get(1);
    String fp = cert.identity().hex();
    String sk = cert.signingKeyDigest().hex();
    String fp1 = cert1.identity().hex();
    String sk1 = cert1.signingKeyDigest().hex();
    Microdescriptor micro = MICRODESCRIPTORS.get(0);
    Microdescriptor micro1 = MICRODESCRIPTORS.get(1);

    assertServed(CONSENSUS, NS.text());
    assertServed(CONSENSUS + "-ns", NS.text());
    assertServed(CONSENSUS + "-microdesc", MICRODESC.text());
    assertServed("/tor/keys/all", texts(CERTIFICATES, KeyCertificate::text));
    assertServed("/tor/keys/fp/" + fp, cert.text());
    assertServed("/tor/keys/fp/" + fp + "+" + fp1, cert.text(), cert1.text());
    assertServed("/tor/keys/sk/" + sk, cert.text());
    assertServed("/tor/keys/fp-sk/" + fp + "-" + sk, cert.text());
    assertServed(
        "/tor/keys/fp-sk/" + fp1 + "-" + sk1 + "+" + fp + "-" + sk, cert.text(), cert1.text());
    assertServed("/tor/micro/d/" + micro.digestBase64(), micro.text());
    assertServed(
        "/tor/micro/d/" + micro.digestBase64() + "-" + micro1.digestBase64(),
        micro.text(),
        micro1.text());
    assertServed("/tor/server/all", texts(DESCRIPTORS, RouterDescriptor::text));
    assertServed("/tor/server/d/" + relay.digest().hex(), relay.text());
    assertServed("/tor/server/fp/" + relay.identity().hex(), relay.text());
    assertServed(
        "/tor/server/fp/" + relay.identity().hex() + "+" + other.identity().hex(),
        relay.text(),
        other.text());
    assertServed("/tor/extra/all", texts(EXTRA_INFOS, ExtraInfo::text));
    assertServed("/tor/extra/d/" + extra.digests().sha1().hex(), extra.text());
    assertServed("/tor/extra/fp/" + extra.identity().hex(), extra.text());
    assertEquals("User-agent: *\r\nDisallow: /\r\n", text(get("/tor/robots.txt")));
  }

  /** Words and codes are those of a live C tor authority. */
  @Test
  void cache_nothingThere_refusesInTheWordsOfCtor() {
    assertRefused(404, "Not found", "/tor/");
    assertRefused(404, "Not found", "/");
    assertRefused(404, "Not found", "/tor/nothing");
    assertRefused(404, "Not found", CONSENSUS + "-nosuchflavor");
    assertRefused(404, "Not found", "/tor/status-vote/current/authority");
    assertRefused(404, "Not found", "/tor/status-vote/next/consensus");
    assertRefused(404, "Not found", "/tor/status-vote/next/consensus-signatures");
    assertRefused(404, "Not found", "/tor/status-vote/next/authority");
    assertRefused(404, "Not found", "/tor/status-vote/next/" + NOBODY);
    assertRefused(404, "Not found", "/tor/status-vote/next/d/" + NOBODY);
    assertRefused(404, "Not found", "/tor/micro/d/");
    assertRefused(404, "Not found", "/tor/micro/all");
    assertRefused(404, "Not found", "/tor/keys/authority");
    assertRefused(404, "Not found", "/tor/keys/fp/" + NOBODY);
    assertRefused(404, "Not found", "/tor/keys/fp-sk/" + NOBODY + "-" + NOBODY);
    assertRefused(400, "Bad request", "/tor/keys/");
    assertRefused(400, "Bad request", "/tor/keys/nothing");
    assertRefused(404, "Not found", "/tor/server/");
    assertRefused(404, "Not found", "/tor/server/allx");
    assertRefused(404, "Servers unavailable", "/tor/server/d/");
    assertRefused(404, "Servers unavailable", "/tor/server/fp/" + NOBODY);
    assertRefused(404, "Servers unavailable", "/tor/server/fp/00");
    assertRefused(404, "Servers unavailable", "/tor/server/authority");
    assertRefused(404, "Servers unavailable", "/tor/extra/authority");
    assertRefused(404, "Couldn't parse request", CONSENSUS + "/diff/00");
    assertRefused(404, "No such diff available", CONSENSUS + "/diff/" + "00".repeat(32));
  }

  @Test
  void emptyBoard_everyUrl_isNotFound() {
    DirectoryResponder empty = new DirectoryResponder(new DocumentBoard(), clock);
    for (String path :
        List.of(CONSENSUS, CONSENSUS + "-microdesc/00", "/tor/keys/all", "/tor/server/all")) {
      assertEquals(404, empty.answer(DirRequest.get(path, 0)).status(), path);
    }
  }

  @Test
  void lists_someKnownSomeNotSomeMalformed_giveTheKnownOnesOnceInOrder() {
    RouterDescriptor a = DESCRIPTORS.get(0);
    RouterDescriptor b = DESCRIPTORS.get(1);
    assertServed(
        "/tor/server/d/"
            + String.join(
                "+",
                b.digest().hex(),
                NOBODY,
                "",
                "zz".repeat(20),
                a.digest().hex(),
                b.digest().hex().toUpperCase(Locale.ROOT)),
        Stream.of(a, b)
            .sorted(Comparator.comparing(RouterDescriptor::digest))
            .map(RouterDescriptor::text)
            .toArray(NetdocText[]::new));
    Microdescriptor micro = MICRODESCRIPTORS.get(0);
    assertRefused(404, "Not found", "/tor/micro/d/" + micro.digestBase64() + "=");
    assertServed("/tor/micro/d/" + "*".repeat(43) + "-" + micro.digestBase64(), micro.text());
  }

  @Test
  void target_withZOrOutsideTheRootOrAbsolute_isTheSame() {
    DirAnswer plain = get(CONSENSUS);
    for (String target :
        List.of(
            CONSENSUS + ".z",
            "/status-vote/current/consensus",
            "status-vote/current/consensus",
            "http://127.0.0.1:9030" + CONSENSUS)) {
      assertEquals(plain, get(target), target);
    }
    assertEquals(404, get("http://127.0.0.1").status());
  }

  @Test
  void acceptEncoding_isLeftToTheTransport() {
    DirAnswer answer =
        cache.answer(DirRequest.get(CONSENSUS, 0).with("Accept-Encoding", "deflate, gzip"));

    assertEquals(get(CONSENSUS), answer);
    assertEquals(Optional.empty(), answer.headers().get("Content-Encoding"));
  }

  @Test
  void bigDocuments_askedTwice_areTheSameObject() {
    for (String target : List.of(CONSENSUS, CONSENSUS + "-microdesc", "/tor/server/all")) {
      assertSame(get(target).body(), get(target + ".z").body(), target);
    }
    Bytes all = get("/tor/server/all").body();
    board.change(d -> d.withVoting(VotingDocuments.NONE));
    assertSame(all, get("/tor/server/all").body(), "other votes, the same descriptors");
    Bytes before = get(CONSENSUS).body();
    board.change(d -> d.withOwn(d.own().withCertificate(CERTIFICATES.get(0))));
    assertSame(before, get(CONSENSUS).body(), "the same consensus on a new snapshot");
  }

  // ---- the consensus ----

  @Test
  void consensus_namedSigners_moreThanHalfMustHaveSigned() {
    List<String> signers =
        NS.signatures().stream().map(s -> s.identity().hex().substring(0, 6)).toList();
    String all = String.join("+", signers);

    assertEquals(200, get(CONSENSUS + "/" + all + ".z").status());
    assertEquals(200, get(CONSENSUS + "/" + all.toLowerCase(Locale.ROOT)).status());
    assertEquals(200, get(CONSENSUS + "-microdesc/" + signers.get(0)).status());
    assertEquals(200, get(CONSENSUS + "/" + all + "+000000+000000").status(), "3 of 5");
    assertEquals(200, get(CONSENSUS + "/").status(), "anybody");
    String why = "Consensus not signed by sufficient number of requested authorities";
    assertRefused(404, why, CONSENSUS + "/" + all + "+000000+000000+000000");
    assertRefused(404, why, CONSENSUS + "/" + signers.get(0) + "+000000");
    assertRefused(404, why, CONSENSUS + "/000000");
  }

  @Test
  void consensus_ifModifiedSince_sentUnlessOlder() {
    assertEquals(200, since("Sun, 22 Nov 2026 19:44:20 GMT").status(), "as C tor");
    assertEquals(304, since("Sun, 22 Nov 2026 19:44:21 GMT").status());
    assertEquals(304, since("Sun, 22 Nov 2026 19:44:30 GMT").status());
    assertEquals("Not modified", since("Sun, 22 Nov 2026 19:44:30 GMT").reason());
    assertEquals(200, since("yesterday").status(), "as if it were not there");
  }

  private DirAnswer since(String time) {
    return cache.answer(DirRequest.get(CONSENSUS, 0).with("If-Modified-Since", time));
  }

  @Test
  void consensus_askerHasIt_isNotModified() {
    String old = "00".repeat(32);
    String held = NS.sha3AsSigned().hex().toUpperCase(Locale.ROOT);
    assertEquals(200, offering(old).status());
    assertEquals(304, offering(held).status());
    assertEquals(304, offering(old + ", " + held).status());
    assertEquals(304, offering(old + " " + held).status());
    assertEquals(304, get(CONSENSUS + "/diff/" + held + "/000000").status());
  }

  private DirAnswer offering(String hashes) {
    return cache.answer(DirRequest.get(CONSENSUS, 0).with("X-Or-Diff-From-Consensus", hashes));
  }

  @Test
  void consensus_aDayOutOfItsTime_isHeldBack() {
    clock.jumpTo(NS.lifetime().validUntil().plus(Duration.ofDays(1)));
    assertEquals(200, get(CONSENSUS).status());
    clock.jumpTo(NS.lifetime().validUntil().plus(Duration.ofDays(1)).plusSeconds(1));
    assertRefused(404, "Consensus is too old", CONSENSUS);
    clock.jumpTo(NS.lifetime().validAfter().minus(Duration.ofDays(1)));
    assertEquals(200, get(CONSENSUS).status());
    clock.jumpTo(NS.lifetime().validAfter().minus(Duration.ofDays(1)).minusSeconds(1));
    assertRefused(404, "Consensus is too new", CONSENSUS);
  }

  @Test
  void consensus_expiresWhenNoLongerFresh() {
    DirAnswer fresh = get(CONSENSUS);
    assertEquals(Optional.of("Sun, 22 Nov 2026 19:44:40 GMT"), fresh.headers().get("Expires"));
    assertEquals(Optional.of("X-Or-Diff-From-Consensus"), fresh.headers().get("Vary"));
    clock.jumpTo(NS.lifetime().freshUntil());
    assertEquals(Optional.of("no-cache"), get(CONSENSUS).headers().get("Pragma"));
    assertEquals(Optional.empty(), get(CONSENSUS).headers().get("Expires"));
  }

  // ---- times ----

  @Test
  void certificates_ifModifiedSince_thoseNotNewerAreLeftOut() {
    Instant first =
        CERTIFICATES.stream().map(KeyCertificate::published).min(Instant::compareTo).orElseThrow();
    DirRequest all = DirRequest.get("/tor/keys/all", 0);

    DirAnswer answer =
        cache.answer(all.with("If-Modified-Since", HttpTime.format(first.minusSeconds(1))));
    assertEquals(get("/tor/keys/all"), answer);
    answer = cache.answer(all.with("If-Modified-Since", HttpTime.format(CtorDocs.NOW)));
    assertEquals(DirAnswer.empty(304, "Not modified"), answer);
  }

  @Test
  void descriptor_aDayOld_isFoundByDigestOnly() {
    RouterDescriptor relay = DESCRIPTORS.get(0);
    clock.jumpTo(relay.published().plus(Duration.ofDays(1)));
    assertServed("/tor/server/fp/" + relay.identity().hex(), relay.text());
    clock.jumpTo(relay.published().plus(Duration.ofDays(1)).plusSeconds(1));
    assertEquals(404, get("/tor/server/fp/" + relay.identity().hex()).status());
    assertServed("/tor/server/d/" + relay.digest().hex(), relay.text());
  }

  @Test
  void descriptors_expiry_oneIsKeptLongSeveralAreNot() {
    String one = "/tor/server/fp/" + DESCRIPTORS.get(0).identity().hex();
    assertEquals(
        Optional.of(HttpTime.format(CtorDocs.NOW.plus(Duration.ofDays(2)))),
        get(one).headers().get("Expires"));
    assertEquals(
        Optional.of("no-cache"),
        get(one + "+" + DESCRIPTORS.get(1).identity().hex()).headers().get("Pragma"));
  }

  // ---- our own ----

  @Test
  void ownDocuments_areServedBeforeAllOthers() {
    RouterDescriptor mine = DESCRIPTORS.get(0);
    ExtraInfo extra = EXTRA_INFOS.stream().filter(e -> e.belongsTo(mine)).findFirst().orElseThrow();
    KeyCertificate cert = CERTIFICATES.get(0);
    board.change(
        _ ->
            ServedDocuments.NONE.withOwn(
                OwnDocuments.NONE.withDescriptor(mine, extra).withCertificate(cert)));

    assertServed("/tor/server/authority", mine.text());
    assertServed("/tor/server/fp/" + mine.identity().hex(), mine.text());
    assertServed("/tor/server/d/" + mine.digest().hex(), mine.text());
    assertServed("/tor/server/all", mine.text());
    assertServed("/tor/extra/authority", extra.text());
    assertServed("/tor/extra/d/" + extra.digests().sha1().hex(), extra.text());
    assertServed("/tor/keys/authority", cert.text());
    assertServed("/tor/keys/all", cert.text());
  }

  @Test
  void uploadedAndCached_newestConsensusAndAllDescriptorsOnce() {
    board.change(
        served ->
            served
                .withUploaded(
                    new DocumentSet.Builder()
                        .consensus(NS)
                        .descriptors(DESCRIPTORS.subList(0, 4))
                        .microdescriptors(MICRODESCRIPTORS.subList(0, 1))
                        .certificates(CERTIFICATES)
                        .build())
                .withCached(
                    new DocumentSet.Builder()
                        .consensus(MICRODESC)
                        .descriptors(DESCRIPTORS.subList(2, DESCRIPTORS.size()))
                        .microdescriptors(MICRODESCRIPTORS.subList(1, 2))
                        .certificates(CERTIFICATES)
                        .build()));

    assertServed("/tor/server/all", texts(DESCRIPTORS, RouterDescriptor::text));
    assertServed("/tor/keys/all", texts(CERTIFICATES, KeyCertificate::text));
    assertServed(CONSENSUS, NS.text());
    assertServed(CONSENSUS + "-microdesc", MICRODESC.text());
    for (Microdescriptor micro : MICRODESCRIPTORS.subList(0, 2)) {
      assertServed("/tor/micro/d/" + micro.digestBase64(), micro.text());
    }
  }

  // ---- an authority ----

  @Test
  void authority_votesAndPendingConsensus_areServed() throws Exception {
    Vote mine = vote(0);
    Vote second = vote(1);
    Vote older = vote(2);
    NetdocText pending = CtorDocs.text("consensus-pending-for-detached-signatures");
    NetdocText signatures = CtorDocs.text("detached-signatures");
    KeyCertificate cert = mine.certificate();
    Bytes bandwidths = Bytes.copyOf(new byte[] {1, 2, 3});
    assertRefused(404, "Not found", "/tor/status-vote/next/bandwidth");
    board.change(
        served ->
            served
                .withOwn(OwnDocuments.NONE.withCertificate(cert))
                .withVoting(
                    new VotingDocuments(
                        List.of(mine, second), List.of(older), pending, signatures, bandwidths)));
    String next = "/tor/status-vote/next/";
    assertEquals(bandwidths, get(next + "bandwidth").body());
    assertEquals(bandwidths, get(next + "bandwidth.z").body());
    String current = "/tor/status-vote/current/";

    assertServed(next + "consensus", pending);
    assertServed(next + "consensus-signatures.z", signatures);
    assertServed(next + "authority", mine.text());
    assertServed(next + second.voter().identity().hex(), second.text());
    assertServed(
        next + second.voter().identity().hex() + "+" + mine.voter().identity().hex(),
        Stream.of(mine, second)
            .sorted(Comparator.comparing(v -> v.voter().identity()))
            .map(Vote::text)
            .toArray(NetdocText[]::new));
    assertServed(next + "d/" + mine.digest().hex(), mine.text());
    assertServed(next + "d/" + older.digest().hex(), older.text());
    assertServed(current + "d/" + mine.digest().hex(), mine.text());
    assertServed(current + older.voter().identity().hex(), older.text());
    assertRefused(404, "Not found", current + "authority");
    assertRefused(404, "Not found", current + "consensus-signatures");
    assertRefused(404, "Not found", next + older.voter().identity().hex());
    assertEquals(
        Optional.of(HttpTime.format(CtorDocs.NOW.plusSeconds(60))),
        get(next + "authority").headers().get("Expires"));
  }

  private static Vote vote(int index) throws Exception {
    return Vote.parse(CtorDocs.text("vote." + index), true);
  }

  @Test
  void post_toNoAuthority_isRefused() {
    for (String path : List.of("/tor/", "/tor/post/vote", "/tor/hs/3/publish", "/")) {
      DirAnswer answer = cache.answer(DirRequest.post(path, Bytes.EMPTY));
      assertEquals(400, answer.status(), path);
      assertEquals(
          "Nonauthoritative directory does not accept posted server descriptors", answer.reason());
    }
  }

  @Test
  void post_toAuthority_goesWhereItBelongs() {
    List<String> taken = new ArrayList<>();
    DirectoryResponder authority = new DirectoryResponder(board, clock, recording(taken));
    Bytes body = Bytes.copyOf(new byte[] {1, 2});

    assertEquals("descriptors", authority.answer(DirRequest.post("/tor/", body)).reason());
    assertEquals("vote", authority.answer(DirRequest.post("/tor/post/vote", body)).reason());
    assertEquals(
        "signatures",
        authority.answer(DirRequest.post("/tor/post/consensus-signature", body)).reason());
    assertEquals("Not found", authority.answer(DirRequest.post("/tor/post/x", body)).reason());
    assertEquals("Not found", authority.answer(DirRequest.post("/tor/post/vote.z", body)).reason());
    assertEquals(List.of("descriptors 0102", "vote 0102", "signatures 0102"), taken);
  }

  private static Uploads recording(List<String> taken) {
    return new Uploads() {
      @Override
      public DirAnswer descriptors(Bytes body) {
        return take("descriptors", body);
      }

      @Override
      public DirAnswer vote(Bytes body) {
        return take("vote", body);
      }

      @Override
      public DirAnswer signatures(Bytes body) {
        return take("signatures", body);
      }

      private DirAnswer take(String what, Bytes body) {
        taken.add(what + " " + body.hex());
        return DirAnswer.empty(200, what);
      }
    };
  }

  // ---- helpers ----

  private DirAnswer get(String path) {
    return cache.answer(DirRequest.get(path, Integer.MAX_VALUE));
  }

  private static String text(DirAnswer answer) {
    return new String(answer.body().toArray(), StandardCharsets.ISO_8859_1);
  }

  private static <T> NetdocText[] texts(List<T> documents, Function<T, NetdocText> text) {
    return documents.stream().map(text).toArray(NetdocText[]::new);
  }

  /** The answer holds exactly these documents; in this order, if there is only one or they are. */
  private void assertServed(String path, NetdocText... documents) {
    for (String target : List.of(path, path + ".z")) {
      DirAnswer answer = get(target.endsWith(".z.z") ? path : target);
      assertEquals(200, answer.status(), path);
      assertEquals("OK", answer.reason(), path);
      String body = text(answer);
      int length = 0;
      for (NetdocText document : documents) {
        assertTrue(body.contains(document.text()), path);
        length += document.length();
      }
      assertEquals(length, body.length(), path);
    }
  }

  private void assertRefused(int status, String reason, String path) {
    assertEquals(DirAnswer.empty(status, reason), get(path), path);
  }
}
