package org.tunic.directory.authority;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tunic.directory.authority.descriptors.KeyPins;
import org.tunic.directory.netdoc.NetdocText;
import org.tunic.directory.store.AtomicFiles;

/**
 * What an authority keeps on disk beside the directory cache.
 *
 * <pre>
 * key-pinning-journal      one line for each pair of identities, appended to; C tor's form
 * sr-state                 the shared-random run; C tor's form
 * uploaded-descriptors     descriptors and extra-infos accepted from relays, appended to, rewritten at start
 * </pre>
 *
 * <p>A file that cannot be written costs what a restart would remember, and is logged.
 *
 * <p>Spec: tor(1), FILES. Threads: one caller at a time; its owner guards it.
 */
public final class AuthorityFiles {
  /** Largest file read, in bytes. */
  static final long MAX_FILE = 1L << 30;

  private static final Logger log = LoggerFactory.getLogger(AuthorityFiles.class);

  private static final String PINS = "key-pinning-journal";
  private static final String SHARED_RANDOM = "sr-state";
  private static final String DESCRIPTORS = "uploaded-descriptors";

  private final Path directory;

  /** The files in an existing DataDirectory. */
  public AuthorityFiles(Path directory) {
    this.directory = directory;
  }

  KeyPins keyPins() {
    return KeyPins.load(read(PINS).orElse(""));
  }

  void appendKeyPin(String line) {
    append(PINS, line);
  }

  Optional<String> sharedRandom() {
    return read(SHARED_RANDOM);
  }

  void writeSharedRandom(String contents) {
    write(SHARED_RANDOM, contents);
  }

  /** The documents accepted so far, one after the other; damaged ones included. */
  NetdocText descriptors() {
    return NetdocText.of(read(DESCRIPTORS).orElse(""));
  }

  void appendDescriptor(NetdocText document) {
    append(DESCRIPTORS, document.text());
  }

  void writeDescriptors(Collection<NetdocText> documents) {
    StringBuilder text = new StringBuilder();
    documents.forEach(document -> text.append(document.text()));
    write(DESCRIPTORS, text.toString());
  }

  private Optional<String> read(String name) {
    Path file = directory.resolve(name);
    try {
      if (Files.size(file) > MAX_FILE) {
        log.warn("{} is far too large and ignored", name);
        return Optional.empty();
      }
      return Optional.of(new String(Files.readAllBytes(file), ISO_8859_1));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      log.warn("cannot read {}: {}", name, e.getClass().getSimpleName());
      return Optional.empty();
    }
  }

  private void append(String name, String text) {
    try {
      AtomicFiles.append(directory.resolve(name), text.getBytes(ISO_8859_1));
    } catch (IOException e) {
      log.warn("cannot write {}: {}", name, e.getClass().getSimpleName());
    }
  }

  private void write(String name, String text) {
    try {
      AtomicFiles.write(directory.resolve(name), text.getBytes(ISO_8859_1));
    } catch (IOException e) {
      log.warn("cannot write {}: {}", name, e.getClass().getSimpleName());
    }
  }
}
