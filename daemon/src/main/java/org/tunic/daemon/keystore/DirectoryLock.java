package org.tunic.daemon.keystore;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/**
 * The file {@code lock} of a DataDirectory, locked with {@code flock(2)} as C tor does, so that
 * neither two of ours nor one of each work on the same directory.
 *
 * <p>The JDK's file locks are {@code fcntl(2)} ones, which on Linux do not see C tor's; hence the
 * calls into libc. The lock ends with the process however that ends.
 *
 * <p>Threads: one at a time.
 */
final class DirectoryLock implements AutoCloseable {
  private static final int O_RDWR = 2;
  private static final int O_CLOEXEC = 0x80000;
  private static final int LOCK_EX = 2;
  private static final int LOCK_NB = 4;
  private static final int EWOULDBLOCK = 11;

  private final Libc libc;
  private int descriptor;

  private DirectoryLock(Libc libc, int descriptor) {
    this.libc = libc;
    this.descriptor = descriptor;
  }

  /**
   * Takes the lock.
   *
   * @return empty if another process has it, or the system has no such locks
   * @throws IOException if the file cannot be opened
   */
  static Optional<DirectoryLock> tryTake(Path file) throws IOException {
    if (!System.getProperty("os.name", "").toLowerCase(Locale.ROOT).equals("linux")) {
      throw new IOException("this system is not supported");
    }
    if (!Files.exists(file)) {
      PrivateFiles.createEmpty(file);
    }
    Libc libc = new Libc();
    int descriptor = libc.open(file.toString(), O_RDWR | O_CLOEXEC);
    if (descriptor < 0) {
      throw new IOException("errno " + -descriptor);
    }
    int result = libc.flock(descriptor, LOCK_EX | LOCK_NB);
    if (result == 0) {
      return Optional.of(new DirectoryLock(libc, descriptor));
    }
    libc.close(descriptor);
    if (result == -EWOULDBLOCK) {
      return Optional.empty();
    }
    throw new IOException("errno " + -result);
  }

  /** Lets go of the lock; the file stays. */
  @Override
  public void close() {
    if (descriptor >= 0) {
      libc.close(descriptor);
      descriptor = -1;
    }
  }

  /** Three calls of libc; each gives what libc gives, or minus errno. */
  private static final class Libc {
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO =
        STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    private final MethodHandle open;
    private final MethodHandle flock;
    private final MethodHandle close;

    @SuppressWarnings("restricted") // The launcher and the manifest allow native access.
    Libc() {
      Linker linker = Linker.nativeLinker();
      SymbolLookup symbols = linker.defaultLookup();
      Linker.Option errno = Linker.Option.captureCallState("errno");
      this.open =
          linker.downcallHandle(
              symbols.findOrThrow("open"),
              FunctionDescriptor.of(
                  ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT),
              errno,
              Linker.Option.firstVariadicArg(2));
      this.flock =
          linker.downcallHandle(
              symbols.findOrThrow("flock"),
              FunctionDescriptor.of(
                  ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT),
              errno);
      this.close =
          linker.downcallHandle(
              symbols.findOrThrow("close"),
              FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    }

    int open(String path, int flags) {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment state = arena.allocate(STATE);
        int result = (int) open.invokeExact(state, arena.allocateFrom(path), flags);
        return result < 0 ? -(int) ERRNO.get(state, 0L) : result;
      } catch (Throwable e) {
        throw new IllegalStateException("open(2) cannot be called", e);
      }
    }

    int flock(int descriptor, int operation) {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment state = arena.allocate(STATE);
        int result = (int) flock.invokeExact(state, descriptor, operation);
        return result < 0 ? -(int) ERRNO.get(state, 0L) : result;
      } catch (Throwable e) {
        throw new IllegalStateException("flock(2) cannot be called", e);
      }
    }

    void close(int descriptor) {
      try {
        var _ = (int) close.invokeExact(descriptor);
      } catch (Throwable e) {
        throw new IllegalStateException("close(2) cannot be called", e);
      }
    }
  }
}
