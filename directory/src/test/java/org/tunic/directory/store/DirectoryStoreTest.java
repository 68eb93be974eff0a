package org.tunic.directory.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tunic.directory.CtorDocs;
import org.tunic.directory.doc.consensus.ConsensusFlavor;
import org.tunic.directory.doc.microdescriptor.Microdescriptor;
import org.tunic.directory.doc.routerdescriptor.RouterDescriptor;

class DirectoryStoreTest {
  @TempDir Path directory;
  private DirectoryStore store;

  @BeforeEach
  void open() {
    store = new DirectoryStore(directory);
  }

  private String mode(String name) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve(name)));
  }

  @Test
  void files_haveTheNamesOfCtorAndAreForTheOwnerOnly() throws Exception {
    List<Microdescriptor> micros = Microdescriptor.parseAll(CtorDocs.text("microdescriptors"));
    List<RouterDescriptor> routers = RouterDescriptor.parseAll(CtorDocs.text("server-descriptors"));
    store.writeCertificates(CtorDocs.certificates());
    store.writeConsensus(ConsensusFlavor.NS, CtorDocs.text("consensus"));
    store.writeConsensus(ConsensusFlavor.MICRODESC, CtorDocs.text("consensus-microdesc"));
    store.appendMicrodescriptors(micros.subList(0, 3), CtorDocs.NOW);
    store.appendDescriptors(routers.subList(0, 3));
    try (var files = Files.list(directory)) {
      assertEquals(
          List.of(
              "cached-certs",
              "cached-consensus",
              "cached-descriptors.new",
              "cached-microdesc-consensus",
              "cached-microdescs.new"),
          files.map(f -> f.getFileName().toString()).sorted().toList());
    }
    assertEquals("rw-------", mode("cached-certs"));
    assertEquals("rw-------", mode("cached-microdescs.new"));
    assertEquals(3, store.certificates().size());
    assertEquals(CtorDocs.text("consensus"), store.consensus(ConsensusFlavor.NS).orElseThrow());
    assertEquals(
        micros.subList(0, 3),
        store.microdescriptors().stream().map(Microdescriptor.Cached::microdescriptor).toList());
    assertEquals(routers.subList(0, 3), store.descriptors());
  }

  @Test
  void rewriting_emptiesTheJournal() throws Exception {
    List<Microdescriptor> micros = Microdescriptor.parseAll(CtorDocs.text("microdescriptors"));
    store.appendMicrodescriptors(micros, CtorDocs.NOW);
    Map<Microdescriptor, java.time.Instant> listed = new LinkedHashMap<>();
    micros.subList(0, 2).forEach(m -> listed.put(m, CtorDocs.NOW));
    store.writeMicrodescriptors(listed);
    assertEquals(2, store.microdescriptors().size());
    assertEquals(0, Files.size(directory.resolve("cached-microdescs.new")));
  }

  @Test
  void journal_cutShortByACrash_losesItsLastEntryOnly() throws Exception {
    List<Microdescriptor> micros = Microdescriptor.parseAll(CtorDocs.text("microdescriptors"));
    store.appendMicrodescriptors(micros, CtorDocs.NOW);
    Path journal = directory.resolve("cached-microdescs.new");
    byte[] bytes = Files.readAllBytes(journal);
    Files.write(journal, java.util.Arrays.copyOf(bytes, bytes.length - 60));
    assertEquals(micros.size() - 1, store.microdescriptors().size());
  }

  @Test
  void descriptors_withTheAnnotationsOfCtor_areRead() throws Exception {
    String text =
        RouterDescriptor.parseAll(CtorDocs.text("server-descriptors")).get(0).text().text();
    Files.writeString(
        directory.resolve("cached-descriptors"),
        "@downloaded-at 2026-11-22 19:44:20\n@source \"127.0.0.1\"\n" + text);
    assertEquals(1, store.descriptors().size());
  }

  @Test
  void hugeFile_isIgnored() throws Exception {
    try (RandomAccessFile file =
        new RandomAccessFile(directory.resolve("cached-consensus").toFile(), "rw")) {
      file.setLength(DirectoryStore.MAX_FILE + 1);
    }
    assertTrue(store.consensus(ConsensusFlavor.NS).isEmpty());
  }

  @Test
  void missingDirectory_isAsGoodAsAnEmptyCache() {
    DirectoryStore nowhere = new DirectoryStore(directory.resolve("nowhere"));
    nowhere.writeConsensus(ConsensusFlavor.NS, CtorDocs.text("consensus"));
    assertTrue(nowhere.consensus(ConsensusFlavor.NS).isEmpty());
    assertEquals(List.of(), nowhere.certificates());
  }

  @Test
  void atomicWrite_replacesWholeFilesAndLeavesNoTemporaryOnes() throws Exception {
    Path file = directory.resolve("x");
    AtomicFiles.write(file, new byte[] {1, 2, 3});
    Files.write(directory.resolve("x.tmp"), new byte[] {9}); // left by a crash
    AtomicFiles.write(file, new byte[] {4});
    assertArrayEquals(new byte[] {4}, Files.readAllBytes(file));
    assertFalse(Files.exists(directory.resolve("x.tmp")));
    assertEquals("rw-------", mode("x"));
  }

  @Test
  void atomicWrite_thatFails_leavesTheOldFile() throws Exception {
    Path target = directory.resolve("d");
    Files.createDirectory(target);
    Files.createFile(target.resolve("occupied"));
    assertThrows(IOException.class, () -> AtomicFiles.write(target, new byte[] {1}));
    assertTrue(Files.isDirectory(target));
    assertFalse(Files.exists(directory.resolve("d.tmp")));
  }
}
