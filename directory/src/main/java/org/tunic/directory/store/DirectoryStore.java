package org.tunic.directory.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tunic.directory.doc.Documents;
import org.tunic.directory.doc.consensus.ConsensusFlavor;
import org.tunic.directory.doc.keycertificate.KeyCertificate;
import org.tunic.directory.doc.microdescriptor.Microdescriptor;
import org.tunic.directory.doc.routerdescriptor.RouterDescriptor;
import org.tunic.directory.netdoc.NetdocText;

/**
 * The cached directory documents of one DataDirectory.
 *
 * <pre>
 * cached-certs                 key certificates
 * cached-consensus             consensus, ns flavour
 * cached-microdesc-consensus   consensus, microdesc flavour
 * cached-microdescs            microdescriptors, each with an annotation @last-listed
 * cached-microdescs.new        those that came since, in the same form; appended to
 * cached-descriptors           router descriptors
 * cached-descriptors.new       those that came since; appended to
 * </pre>
 *
 * <p>Nothing here throws for a bad file or a full disk: a cache that cannot be read is as good as
 * empty, and one that cannot be written is logged and gone without. Text read back is not trusted.
 *
 * <p>Spec: tor(1), FILES. Threads: one virtual thread (the fetcher's).
 */
public final class DirectoryStore {
  /** Largest file read, in bytes; larger ones are ignored. */
  static final long MAX_FILE = 128L * 1024 * 1024;

  private static final Logger log = LoggerFactory.getLogger(DirectoryStore.class);

  private static final String CERTIFICATES = "cached-certs";
  private static final String MICRODESCRIPTORS = "cached-microdescs";
  private static final String DESCRIPTORS = "cached-descriptors";
  private static final String JOURNAL = ".new";

  private final Path directory;

  /**
   * The store in an existing directory.
   *
   * @param directory the DataDirectory or CacheDirectory
   */
  public DirectoryStore(Path directory) {
    this.directory = directory;
  }

  /** The cached consensus of a flavour, as text. */
  public Optional<NetdocText> consensus(ConsensusFlavor flavor) {
    return read(fileName(flavor));
  }

  /** Replaces the cached consensus of a flavour. */
  public void writeConsensus(ConsensusFlavor flavor, NetdocText text) {
    write(fileName(flavor), text.bytes());
  }

  private static String fileName(ConsensusFlavor flavor) {
    return switch (flavor) {
      case NS -> "cached-consensus";
      case MICRODESC -> "cached-microdesc-consensus";
    };
  }

  /** The cached certificates whose signatures hold. */
  public List<KeyCertificate> certificates() {
    return read(CERTIFICATES).map(KeyCertificate::parseAll).orElse(List.of());
  }

  /** Replaces the cached certificates. */
  public void writeCertificates(Collection<KeyCertificate> certificates) {
    StringBuilder text = new StringBuilder();
    certificates.forEach(c -> text.append(c.text().text()));
    write(CERTIFICATES, latin1(text));
  }

  /** The cached microdescriptors, those of the journal included. */
  public List<Microdescriptor.Cached> microdescriptors() {
    List<Microdescriptor.Cached> all = new ArrayList<>();
    for (String name : List.of(MICRODESCRIPTORS, MICRODESCRIPTORS + JOURNAL)) {
      read(name)
          .ifPresent(
              text ->
                  all.addAll(Documents.parseAll(text, "onion-key", Microdescriptor::parseCached)));
    }
    return all;
  }

  /** Adds microdescriptors to the journal. */
  public void appendMicrodescriptors(Collection<Microdescriptor> added, Instant lastListed) {
    StringBuilder text = new StringBuilder();
    added.forEach(m -> text.append(m.cacheEntry(lastListed)));
    append(MICRODESCRIPTORS + JOURNAL, latin1(text));
  }

  /**
   * Replaces all cached microdescriptors and empties the journal.
   *
   * @param lastListed each with the start of the last consensus that listed it
   */
  public void writeMicrodescriptors(Map<Microdescriptor, Instant> lastListed) {
    StringBuilder text = new StringBuilder();
    lastListed.forEach((m, listed) -> text.append(m.cacheEntry(listed)));
    if (write(MICRODESCRIPTORS, latin1(text))) {
      write(MICRODESCRIPTORS + JOURNAL, new byte[0]);
    }
  }

  /** The cached router descriptors whose signatures hold, those of the journal included. */
  public List<RouterDescriptor> descriptors() {
    List<RouterDescriptor> all = new ArrayList<>();
    for (String name : List.of(DESCRIPTORS, DESCRIPTORS + JOURNAL)) {
      read(name)
          .ifPresent(
              text ->
                  all.addAll(
                      Documents.parseAll(
                          text,
                          "router",
                          part -> RouterDescriptor.parse(withoutAnnotations(part)))));
    }
    return all;
  }

  /** C tor notes there when and from whom a descriptor came. */
  private static NetdocText withoutAnnotations(NetdocText text) {
    int start = 0;
    while (start < text.length() && text.text().charAt(start) == '@') {
      int eol = text.text().indexOf('\n', start);
      start = eol < 0 ? text.length() : eol + 1;
    }
    return text.part(start, text.length());
  }

  /** Adds descriptors to the journal. */
  public void appendDescriptors(Collection<RouterDescriptor> added) {
    StringBuilder text = new StringBuilder();
    added.forEach(d -> text.append(d.text().text()));
    append(DESCRIPTORS + JOURNAL, latin1(text));
  }

  /** Replaces all cached descriptors and empties the journal. */
  public void writeDescriptors(Collection<RouterDescriptor> descriptors) {
    StringBuilder text = new StringBuilder();
    descriptors.forEach(d -> text.append(d.text().text()));
    if (write(DESCRIPTORS, latin1(text))) {
      write(DESCRIPTORS + JOURNAL, new byte[0]);
    }
  }

  /** Forgets the cached consensus of a flavour: it was damaged. */
  public void dropConsensus(ConsensusFlavor flavor) {
    log.info("cached file {} is damaged, fetching it anew", fileName(flavor));
    try {
      Files.deleteIfExists(directory.resolve(fileName(flavor)));
    } catch (IOException e) {
      log.warn("cannot delete {}: {}", fileName(flavor), e.getClass().getSimpleName());
    }
  }

  private static byte[] latin1(StringBuilder text) {
    return text.toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  private Optional<NetdocText> read(String name) {
    Path file = directory.resolve(name);
    try {
      if (Files.size(file) > MAX_FILE) {
        log.warn("cached file {} is far too large and ignored", name);
        return Optional.empty();
      }
      return Optional.of(NetdocText.of(Files.readAllBytes(file)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      log.warn("cannot read cached file {}: {}", name, e.getClass().getSimpleName());
      return Optional.empty();
    }
  }

  private boolean write(String name, byte[] contents) {
    try {
      AtomicFiles.write(directory.resolve(name), contents);
      return true;
    } catch (IOException e) {
      log.warn("cannot write cached file {}: {}", name, e.getClass().getSimpleName());
      return false;
    }
  }

  private void append(String name, byte[] contents) {
    try {
      AtomicFiles.append(directory.resolve(name), contents);
    } catch (IOException e) {
      log.warn("cannot write cached file {}: {}", name, e.getClass().getSimpleName());
    }
  }
}
