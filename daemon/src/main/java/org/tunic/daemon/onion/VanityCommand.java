package org.tunic.daemon.onion;

import java.io.Console;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.tunic.crypto.hs.HsIdKeypair;
import org.tunic.crypto.hs.VanityPrefix;
import org.tunic.daemon.keystore.KeystoreException;
import org.tunic.daemon.keystore.OnionKeyDirectory;

/**
 * {@code tunic onion vanity PREFIX}: searches on all processors for a key whose onion address
 * begins as wanted, and writes it as a HiddenServiceDir. Nothing is ever overwritten.
 *
 * <p>The address goes to standard output, the progress to standard error.
 *
 * <p>Spec: rend-spec/encoding-onion-addresses
 *
 * <p>Threads: main thread.
 */
public final class VanityCommand {
  private static final int OK = 0;
  private static final int FAILED = 1;
  private static final long TERMINAL_SECONDS = 1;
  private static final long LINE_SECONDS = 10;

  private final Path workingDirectory;
  private final PrintStream out;
  private final PrintStream err;
  private final LongSupplier nanoClock;
  private final SecureRandom random;

  /**
   * @param workingDirectory where the directory is made unless it has a full path
   */
  public VanityCommand(
      Path workingDirectory,
      PrintStream out,
      PrintStream err,
      LongSupplier nanoClock,
      SecureRandom random) {
    this.workingDirectory = workingDirectory;
    this.out = out;
    this.err = err;
    this.nanoClock = nanoClock;
    this.random = random;
  }

  /**
   * Runs the command to its end.
   *
   * @param arguments those behind {@code onion}
   * @param processors threads that search unless the arguments say otherwise
   * @return the exit status
   */
  public int run(List<String> arguments, int processors) {
    if (arguments.contains("--help") || arguments.contains("-h")) {
      out.print(VanityOptions.USAGE);
      return OK;
    }
    if (arguments.isEmpty() || !arguments.getFirst().equals("vanity")) {
      return fail("after onion comes vanity PREFIX (see tunic onion --help)");
    }
    try {
      return search(VanityOptions.parse(arguments.subList(1, arguments.size()), processors));
    } catch (VanityOptions.UsageException | KeystoreException e) {
      return fail(String.valueOf(e.getMessage()));
    }
  }

  private int fail(String why) {
    err.println("tunic: " + why);
    return FAILED;
  }

  private int search(VanityOptions options) throws KeystoreException {
    Optional<Path> wanted;
    try {
      wanted = options.directory().map(workingDirectory::resolve);
    } catch (InvalidPathException e) {
      return fail("--dir is not a path");
    }
    // Found out before the search rather than after it.
    if (wanted.isPresent() && Files.exists(wanted.get(), LinkOption.NOFOLLOW_LINKS)) {
      return fail(
          wanted.get() + " is there already and is not overwritten; name another directory");
    }
    Path parent = wanted.map(Path::getParent).orElse(workingDirectory);
    if (!Files.isDirectory(parent) || !Files.isWritable(parent)) {
      return fail("no directory can be made in " + parent + "; name another one with --dir");
    }
    VanityPrefix prefix = options.prefix();
    err.println(
        "One address in "
            + SearchProgress.count(prefix.expectedKeys())
            + " begins like this. Searching with "
            + options.threads()
            + (options.threads() == 1 ? " thread." : " threads.")
            + " Who can pay for one more letter can have an address that looks the same at a"
            + " glance.");
    try (HsIdKeypair found = find(prefix, options.threads())) {
      Path directory =
          wanted.orElseGet(() -> workingDirectory.resolve(found.id().unredactedHost()));
      OnionKeyDirectory.create(directory, found);
      out.println(found.id().unredactedHost());
      err.println("The key is in " + directory + ". To serve it, add to the torrc:");
      err.println("HiddenServiceDir " + directory);
      err.println("HiddenServicePort 80 127.0.0.1:8080");
      return OK;
    } catch (InterruptedException e) {
      return fail("the search was interrupted; nothing was written");
    }
  }

  private HsIdKeypair find(VanityPrefix prefix, int threads) throws InterruptedException {
    LongAdder tried = new LongAdder();
    long startNanos = nanoClock.getAsLong();
    FutureTask<HsIdKeypair> search = new FutureTask<>(() -> prefix.find(threads, random, tried));
    Thread searcher = Thread.ofVirtual().name("vanity").start(search);
    boolean terminal = onTerminal();
    try {
      while (true) {
        try {
          HsIdKeypair found =
              search.get(terminal ? TERMINAL_SECONDS : LINE_SECONDS, TimeUnit.SECONDS);
          show(SearchProgress.of(prefix, tried.sum(), secondsSince(startNanos)), terminal, true);
          return found;
        } catch (TimeoutException e) {
          show(SearchProgress.of(prefix, tried.sum(), secondsSince(startNanos)), terminal, false);
        }
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("the search broke down", e);
    } finally {
      searcher.interrupt();
    }
  }

  private double secondsSince(long startNanos) {
    return (nanoClock.getAsLong() - startNanos) / 1e9;
  }

  private void show(SearchProgress progress, boolean terminal, boolean found) {
    String line = found ? "Found after " + progress.summary() + "." : progress.line();
    if (!terminal) {
      err.println(line);
    } else {
      err.print('\r' + line + "\033[K" + (found ? "\n" : ""));
      err.flush();
    }
  }

  /**
   * The JDK's default console, unlike that of jdk.internal.le, is null when output goes elsewhere.
   */
  @SuppressWarnings("SystemConsoleNull")
  private static boolean onTerminal() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }
}
