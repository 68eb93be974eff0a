package org.tunic.directory.authority.descriptors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.tunic.crypto.identity.Ed25519Identity;
import org.tunic.directory.CtorDocs;
import org.tunic.directory.authority.AuthorityConfig;
import org.tunic.directory.authority.AuthorityConfigs;
import org.tunic.directory.authority.descriptors.UploadOutcome.Kind;
import org.tunic.directory.doc.extrainfo.ExtraInfo;
import org.tunic.directory.doc.routerdescriptor.RouterDescriptor;
import org.tunic.directory.netdoc.NetdocText;
import org.tunic.testing.SeededRandom;

class DescriptorBookTest {
  private static final Instant NOW = CtorDocs.NOW;
  private final Recorder recorder = new Recorder();
  private final KeyPins pins = KeyPins.load("");

  private static final class Recorder implements DescriptorBook.Listener {
    final List<RouterDescriptor> added = new ArrayList<>();
    final List<RouterDescriptor> toTest = new ArrayList<>();
    final List<ExtraInfo> extraInfos = new ArrayList<>();
    final List<String> pinned = new ArrayList<>();

    @Override
    public void added(RouterDescriptor descriptor, boolean testNow) {
      added.add(descriptor);
      if (testNow) {
        toTest.add(descriptor);
      }
    }

    @Override
    public void added(ExtraInfo extraInfo) {
      extraInfos.add(extraInfo);
    }

    @Override
    public void pinned(String line) {
      pinned.add(line);
    }
  }

  private static List<RouterDescriptor> relays() {
    return RouterDescriptor.parseAll(CtorDocs.text("server-descriptors"));
  }

  private DescriptorBook book() {
    return new DescriptorBook(AuthorityConfigs.testing(), pins);
  }

  private UploadOutcome upload(DescriptorBook book, String text) {
    return upload(book, text, NOW);
  }

  private UploadOutcome upload(DescriptorBook book, String text, Instant now) {
    return book.upload(text.getBytes(StandardCharsets.ISO_8859_1), now, recorder);
  }

  @Test
  void upload_descriptorWithExtraInfo_isStored() {
    DescriptorBook book = book();
    int withExtraInfo = 0;
    List<ExtraInfo> extraInfos = ExtraInfo.parseAll(CtorDocs.text("extra-infos"));
    for (RouterDescriptor relay : relays()) {
      StringBuilder body = new StringBuilder(relay.text().text());
      for (ExtraInfo extraInfo : extraInfos) {
        if (extraInfo.belongsTo(relay)) {
          body.append(extraInfo.text().text());
          withExtraInfo++;
        }
      }
      assertEquals(new UploadOutcome(Kind.STORED, "[None]"), upload(book, body.toString()));
    }
    assertTrue(withExtraInfo > 0);
    assertEquals(withExtraInfo, recorder.extraInfos.size());
    assertEquals(7, book.all().size());
    assertEquals(7, recorder.toTest.size());
    assertEquals(7, recorder.pinned.size());
  }

  @Test
  void upload_knownDescriptor_isNotNew() {
    DescriptorBook book = book();
    String text = relays().getFirst().text().text();
    upload(book, text);
    assertEquals(
        new UploadOutcome(Kind.NOT_NEW, "Router descriptor was not new."), upload(book, text));
    assertEquals(1, recorder.added.size());
  }

  @Test
  void upload_unreadable_isRefusedWithAReason() {
    DescriptorBook book = book();
    String good = relays().getFirst().text().text();
    for (String bad :
        List.of(
            good.replace("router ", "router two words "),
            good.replaceAll("\nproto .*", ""),
            good.replaceAll("\nntor-onion-key .*", ""),
            good.replace("bandwidth ", "bandwidth 1"),
            good.substring(0, good.length() / 2))) {
      UploadOutcome outcome = upload(book, bad);
      assertEquals(Kind.REFUSED, outcome.kind());
      assertTrue(outcome.reason().startsWith("Descriptor malformed: "), outcome.reason());
    }
    assertEquals("No descriptors found in your POST.", upload(book, "hello\n").reason());
    assertEquals(
        "descriptor(s) or extrainfo(s) not valid UTF-8 or had BOM.",
        book.upload(new byte[] {'r', (byte) 0xff}, NOW, recorder).reason());
    assertEquals(0, book.all().size());
  }

  @Test
  void upload_tooLong_isRefused() {
    String good = relays().getFirst().text().text();
    String padded =
        good.replace("\nhidden-service-dir", "\nfuture line".repeat(1900) + "\nhidden-service-dir");
    assertEquals("Router descriptor was too large.", upload(book(), padded).reason());
  }

  @Test
  void upload_publicationTime_mustBeNear() {
    String text = relays().getFirst().text().text();
    Instant published = relays().getFirst().published();
    assertEquals(Kind.REFUSED, upload(book(), text, published.minus(Duration.ofHours(13))).kind());
    assertEquals(Kind.STORED, upload(book(), text, published.minus(Duration.ofHours(11))).kind());
    assertTrue(
        upload(book(), text, published.plus(Duration.ofHours(25)))
            .reason()
            .startsWith("Rejected: Server is expired"));
  }

  @Test
  void upload_privateAddress_isRefusedUnlessAllowed() {
    AuthorityConfig strict = AuthorityConfigs.with(false, true, ApprovedRouters.EMPTY);
    assertEquals(
        "Rejected: Address is a private address.",
        upload(new DescriptorBook(strict, pins), relays().getFirst().text().text()).reason());
  }

  @Test
  void upload_otherKeypair_isRefusedOnlyIfPinned() {
    RouterDescriptor relay = relays().getFirst();
    pins.pin(relay.identity(), Ed25519Identity.of(new SeededRandom(1).bytes(32)));
    assertTrue(
        upload(book(), relay.text().text())
            .reason()
            .startsWith("Looks like your keypair has changed?"));
    AuthorityConfig lax = AuthorityConfigs.with(true, false, ApprovedRouters.EMPTY);
    assertEquals(Kind.STORED, upload(new DescriptorBook(lax, pins), relay.text().text()).kind());
  }

  @Test
  void upload_rejectedByTheOperator_isRefused() throws Exception {
    RouterDescriptor relay = relays().getFirst();
    ApprovedRouters byRsa =
        ApprovedRouters.parse("# bad\n!reject " + relay.identity().hex() + "\n");
    ApprovedRouters byEd =
        ApprovedRouters.parse("!reject " + relay.ids().ed().orElseThrow().base64() + "\n");
    for (ApprovedRouters approved : List.of(byRsa, byEd)) {
      DescriptorBook book = new DescriptorBook(AuthorityConfigs.with(true, true, approved), pins);
      assertEquals(Kind.REFUSED, upload(book, relay.text().text()).kind());
      assertEquals(Kind.STORED, upload(book, relays().getLast().text().text()).kind());
      assertTrue(book.newest(relay.identity()).isEmpty());
    }
  }

  @Test
  void upload_extraInfoOfNobody_isBad() {
    UploadOutcome outcome =
        upload(book(), CtorDocs.text("extra-infos").split("extra-info").getFirst().text());
    assertEquals(
        new UploadOutcome(
            Kind.BAD_EXTRA_INFO, "No corresponding router descriptor for extra-info descriptor"),
        outcome);
  }

  @Test
  void upload_moreRelaysThanTheBound_areRefused() {
    DescriptorBook small = new DescriptorBook(AuthorityConfigs.testing(), pins, 3);
    List<Kind> kinds = relays().stream().map(r -> upload(small, r.text().text()).kind()).toList();
    assertEquals(3, kinds.stream().filter(k -> k == Kind.STORED).count());
    assertEquals(4, kinds.stream().filter(k -> k == Kind.REFUSED).count());
    assertEquals(3, small.all().size());
  }

  @Test
  void upload_moreDocumentsThanTheBound_areNotRead() {
    String one = relays().getFirst().text().text();
    NetdocText many = NetdocText.of(one.repeat(DescriptorBook.MAX_DOCUMENTS + 10));
    assertEquals(
        DescriptorBook.MAX_DOCUMENTS,
        DescriptorBook.split(many, DescriptorBook.MAX_DOCUMENTS).size());
  }

  @Test
  void expire_afterTwoDays_forgets() {
    DescriptorBook book = book();
    relays().forEach(r -> upload(book, r.text().text()));
    book.expire(NOW.plus(Duration.ofHours(47)));
    assertEquals(7, book.all().size());
    book.expire(NOW.plus(Duration.ofHours(49)));
    assertEquals(0, book.all().size());
    assertTrue(book.byDigest(relays().getFirst().digest()).isEmpty());
  }

  @Test
  void restore_ownDocuments_givesTheSameBook() {
    DescriptorBook book = book();
    relays().forEach(r -> upload(book, r.text().text()));
    DescriptorBook again = book();
    StringBuilder file = new StringBuilder();
    book.documents().forEach(d -> file.append(d.text()));
    file.append("router damaged\n");
    DescriptorBook.split(NetdocText.of(file.toString()), Integer.MAX_VALUE)
        .forEach(d -> again.restore(d, NOW));
    assertEquals(
        Map.of(true, 7L),
        relays().stream()
            .collect(
                java.util.stream.Collectors.groupingBy(
                    r -> again.byDigest(r.digest()).isPresent(),
                    java.util.stream.Collectors.counting())));
  }
}
