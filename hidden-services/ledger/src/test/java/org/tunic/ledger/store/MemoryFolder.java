package org.tunic.ledger.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDirFactory;

/**
 * Folders in memory where there are such: what tests are about outlives processes, not machines,
 * and hundreds of forced writes to a busy disk take minutes.
 */
public final class MemoryFolder implements TempDirFactory {
  @Override
  public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext context)
      throws IOException {
    Path memory = Path.of("/dev/shm");
    return Files.isDirectory(memory) && Files.isWritable(memory)
        ? Files.createTempDirectory(memory, "tunic-ledger")
        : Files.createTempDirectory("tunic-ledger");
  }
}
