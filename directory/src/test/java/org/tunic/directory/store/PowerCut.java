package org.tunic.directory.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A disk whose power can be cut after any step: the code under test writes below {@link #root()},
 * and {@link #after} tells what would be on the disk had the power gone, with those writes dropped
 * that nothing forced.
 *
 * <p>The rules are POSIX's, no file system's favours: {@code force} on a file keeps its content,
 * not its name; {@code force} on a directory keeps the names in it, not what they stand for. What
 * was not forced may survive or not, names and contents apart, so each step is cut in four ways
 * ({@link Survival}). A name that survives for a file whose content does not is an empty file.
 * Directories themselves always survive; permissions are not looked at.
 *
 * <p>Threads: that of the test.
 */
public final class PowerCut {
  /** What of the unforced survives. */
  public enum Survival {
    /** Nothing: the disk as the last forces left it. */
    NOTHING(false, false),
    /** Names: renamed, made and deleted files, without what was written to them. */
    NAMES(true, false),
    /** Contents, under the names of before. */
    CONTENTS(false, true),
    /** Everything, as after kill -9. */
    EVERYTHING(true, true);

    private final boolean names;
    private final boolean contents;

    Survival(boolean names, boolean contents) {
      this.names = names;
      this.contents = contents;
    }
  }

  /** What a file system does, one call at a time; paths are relative to the root. */
  sealed interface Step {
    /** A new, empty file. */
    record Make(String path, int file) implements Step {}

    /** Bytes written at a position. */
    record Write(int file, long position, byte[] bytes) implements Step {}

    /** A file cut to a size. */
    record Truncate(int file, long size) implements Step {}

    /** A file put in another's place. */
    record Rename(String from, String to) implements Step {}

    /** A file deleted. */
    record Delete(String path) implements Step {}

    /** The content of a file forced. */
    record Force(int file) implements Step {}

    /** The names in a directory forced; "" is the root. */
    record ForceNames(String directory) implements Step {}
  }

  private final Path root;
  private final Map<String, byte[]> atFirst = new TreeMap<>();
  private final List<Step> steps = new ArrayList<>();

  /**
   * @param real an existing directory on a real file system; what is in it counts as forced
   */
  public PowerCut(Path real) throws IOException {
    List<Path> present;
    try (var files = Files.walk(real)) {
      present = files.filter(Files::isRegularFile).toList();
    }
    List<String> names = present.stream().map(file -> real.relativize(file).toString()).toList();
    for (int i = 0; i < names.size(); i++) {
      atFirst.put(names.get(i), Files.readAllBytes(present.get(i)));
    }
    this.root = RecordingFileSystem.over(real, names, steps::add).root();
  }

  /** Where to write. */
  public Path root() {
    return root;
  }

  /** How many steps were taken so far. */
  public int steps() {
    return steps.size();
  }

  /** The files on the disk, by name, had the power gone after the first {@code count} steps. */
  public Map<String, byte[]> after(int count, Survival survival) {
    Disk disk = new Disk(atFirst);
    steps.subList(0, count).forEach(disk::take);
    return disk.files(survival);
  }

  /** Lays files out in an empty directory of a real file system, mode 0600. */
  public static void layOut(Map<String, byte[]> files, Path directory) throws IOException {
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      Path path = directory.resolve(file.getKey());
      Files.createDirectories(Objects.requireNonNull(path.getParent()));
      AtomicFiles.write(path, file.getValue());
    }
  }

  /** One text for a set of files, to see whether two are the same. */
  public static String fingerprint(Map<String, byte[]> files) {
    StringBuilder text = new StringBuilder();
    new TreeMap<>(files)
        .forEach((name, content) -> text.append(name).append(Arrays.hashCode(content)).append(' '));
    return text.toString();
  }

  /** What a disk holds, and what of it is forced. */
  private static final class Disk {
    private final Map<String, Integer> names = new HashMap<>();
    private final Map<String, Integer> forcedNames = new HashMap<>();
    private final Map<Integer, byte[]> contents = new HashMap<>();
    private final Map<Integer, byte[]> forcedContents = new HashMap<>();

    Disk(Map<String, byte[]> atFirst) {
      int file = 0;
      for (Map.Entry<String, byte[]> present : new TreeMap<>(atFirst).entrySet()) {
        file++;
        names.put(present.getKey(), file);
        forcedNames.put(present.getKey(), file);
        contents.put(file, present.getValue());
        forcedContents.put(file, present.getValue());
      }
    }

    void take(Step step) {
      switch (step) {
        case Step.Make(var path, var file) -> {
          names.put(path, file);
          contents.put(file, new byte[0]);
        }
        case Step.Write(var file, var position, var bytes) -> {
          byte[] old = contents.get(file);
          byte[] now = Arrays.copyOf(old, Math.max(old.length, (int) position + bytes.length));
          System.arraycopy(bytes, 0, now, (int) position, bytes.length);
          contents.put(file, now);
        }
        case Step.Truncate(var file, var size) ->
            contents.put(file, Arrays.copyOf(contents.get(file), (int) size));
        case Step.Rename(var from, var to) -> names.put(to, names.remove(from));
        case Step.Delete(var path) -> names.remove(path);
        case Step.Force(var file) -> forcedContents.put(file, contents.get(file));
        case Step.ForceNames(var directory) -> {
          forcedNames.keySet().removeIf(path -> isIn(path, directory));
          names.forEach(
              (path, file) -> {
                if (isIn(path, directory)) {
                  forcedNames.put(path, file);
                }
              });
        }
      }
    }

    private static boolean isIn(String path, String directory) {
      int slash = path.lastIndexOf('/');
      return path.substring(0, Math.max(0, slash)).equals(directory);
    }

    Map<String, byte[]> files(Survival survival) {
      Map<Integer, byte[]> kept = survival.contents ? contents : forcedContents;
      Map<String, byte[]> files = new TreeMap<>();
      (survival.names ? names : forcedNames)
          .forEach(
              (path, file) -> {
                byte @Nullable [] content = kept.get(file);
                files.put(path, content == null ? new byte[0] : content);
              });
      return files;
    }
  }
}
