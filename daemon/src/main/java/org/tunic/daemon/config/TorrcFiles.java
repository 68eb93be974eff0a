package org.tunic.daemon.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Reads torrc files and follows {@code %include}: a file, a directory (its files in order of name,
 * none that starts with a dot, no descent) or a pattern with {@code *}, {@code ?} and {@code […]}.
 *
 * <p>Relative names are relative to the working directory, as in C tor, not to the including file.
 *
 * <p>Threads: one.
 */
final class TorrcFiles {
  /** Deepest nesting of {@code %include}, as in C tor. */
  static final int MAX_DEPTH = 31;

  /** Largest file read, bytes. */
  static final int MAX_FILE_BYTES = 16 << 20;

  /** Most files read for one configuration: a stop for includes that multiply. */
  static final int MAX_FILES = 4096;

  private final Path workingDirectory;
  private final Consumer<String> notices;
  private int filesRead;

  TorrcFiles(Path workingDirectory, Consumer<String> notices) {
    this.workingDirectory = workingDirectory;
    this.notices = notices;
  }

  /**
   * Reads one file and all it includes, in order.
   *
   * @param name name for messages
   * @throws ConfigException if a file cannot be read or does not parse
   */
  List<ConfigLine> read(Path file, String name) throws ConfigException {
    String text;
    try {
      text = text(file);
    } catch (IOException e) {
      throw new ConfigException(
          "cannot read the configuration file "
              + OneLine.quote(name)
              + ": "
              + FileProblem.of(e)
              + "; check the path given to -f and its permissions");
    }
    return expand(TorrcParser.parse(text, name), 1);
  }

  /** Follows the includes of text that did not come from a file, such as standard input. */
  List<ConfigLine> parse(String text, String name) throws ConfigException {
    return expand(TorrcParser.parse(text, name), 1);
  }

  private List<ConfigLine> expand(List<ConfigLine> lines, int depth) throws ConfigException {
    List<ConfigLine> expanded = new ArrayList<>(lines.size());
    for (ConfigLine line : lines) {
      if (!line.name().equals("%include")) {
        expanded.add(line);
        continue;
      }
      if (depth >= MAX_DEPTH) {
        throw ConfigException.at(
            line.origin(),
            "%include nests deeper than " + MAX_DEPTH + " files",
            "remove the circle of includes");
      }
      for (Path file : included(line)) {
        notices.accept("Including configuration file \"" + file + "\".");
        String text;
        try {
          text = text(file);
        } catch (IOException e) {
          throw cannotInclude(line, file.toString(), FileProblem.of(e));
        }
        expanded.addAll(expand(TorrcParser.parse(text, file.toString()), depth + 1));
      }
    }
    return expanded;
  }

  private String text(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new IOException(Files.exists(file) ? "it is not a regular file" : "no such file");
    }
    if (++filesRead > MAX_FILES) {
      throw new IOException("more than " + MAX_FILES + " configuration files");
    }
    if (Files.size(file) > MAX_FILE_BYTES) {
      throw new IOException("it is larger than " + (MAX_FILE_BYTES >> 20) + " MiB");
    }
    // Malformed UTF-8 becomes U+FFFD: harmless in a comment, refused where an option needs UTF-8.
    return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
  }

  private List<Path> included(ConfigLine line) throws ConfigException {
    List<Path> files = new ArrayList<>();
    for (Path match : matches(line)) {
      try {
        if (Files.isRegularFile(match)) {
          files.add(match);
        } else if (Files.isDirectory(match)) {
          for (Path entry : list(match)) {
            if (!entry.getFileName().toString().startsWith(".") && Files.isRegularFile(entry)) {
              files.add(entry);
            }
          }
        } else {
          throw cannotInclude(line, match.toString(), "no such file");
        }
      } catch (IOException e) {
        throw cannotInclude(line, match.toString(), FileProblem.of(e));
      }
    }
    return files;
  }

  private List<Path> matches(ConfigLine line) throws ConfigException {
    String pattern = line.value();
    if (pattern.isEmpty()) {
      throw ConfigException.at(
          line.origin(), "%include without a path", "name a file or directory");
    }
    try {
      if (!hasGlob(pattern)) {
        return List.of(workingDirectory.resolve(pattern));
      }
      List<Path> matches = List.of(workingDirectory.resolve(pattern.startsWith("/") ? "/" : ""));
      for (String part : pattern.split("/+")) {
        if (!part.isEmpty()) {
          matches = descend(matches, part);
        }
      }
      return matches.stream().sorted().toList();
    } catch (InvalidPathException | PatternSyntaxException e) {
      throw cannotInclude(line, pattern, "it is not a path or pattern");
    } catch (IOException e) {
      throw cannotInclude(line, pattern, FileProblem.of(e));
    }
  }

  private static List<Path> descend(List<Path> directories, String part) throws IOException {
    List<Path> next = new ArrayList<>();
    for (Path directory : directories) {
      if (!hasGlob(part)) {
        Path path = directory.resolve(part);
        if (Files.exists(path)) {
          next.add(path);
        }
      } else if (Files.isDirectory(directory)) {
        Pattern pattern = Pattern.compile(regexOf(part), Pattern.DOTALL);
        for (Path entry : list(directory)) {
          String name = entry.getFileName().toString();
          boolean hidden = name.startsWith(".") && !part.startsWith(".");
          if (!hidden && pattern.matcher(name).matches()) {
            next.add(entry);
          }
        }
      }
    }
    return next;
  }

  private static List<Path> list(Path directory) throws IOException {
    List<Path> entries = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
      stream.forEach(entries::add);
    }
    entries.sort(null);
    return entries;
  }

  private static boolean hasGlob(String path) {
    return path.indexOf('*') >= 0 || path.indexOf('?') >= 0;
  }

  /** A shell pattern of one path component as a regular expression. */
  private static String regexOf(String glob) {
    StringBuilder regex = new StringBuilder();
    for (int i = 0; i < glob.length(); i++) {
      char c = glob.charAt(i);
      int close = c == '[' ? glob.indexOf(']', i + 2) : -1;
      if (c == '*') {
        regex.append(".*");
      } else if (c == '?') {
        regex.append('.');
      } else if (close > 0) {
        boolean negated = glob.charAt(i + 1) == '!' || glob.charAt(i + 1) == '^';
        regex.append(negated ? "[^" : "[");
        for (int k = negated ? i + 2 : i + 1; k < close; k++) {
          char member = glob.charAt(k);
          boolean range = member == '-' && k > i + 1 && k + 1 < close;
          if (!range && !Character.isLetterOrDigit(member)) {
            regex.append('\\');
          }
          regex.append(member);
        }
        regex.append(']');
        i = close;
      } else {
        regex.append(Pattern.quote(String.valueOf(c)));
      }
    }
    return regex.toString();
  }

  private static ConfigException cannotInclude(ConfigLine line, String path, String why) {
    return ConfigException.at(
        line.origin(),
        "cannot include " + OneLine.quote(path) + ": " + why,
        "correct the path or remove the line");
  }
}
