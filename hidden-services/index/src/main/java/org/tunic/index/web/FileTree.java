package org.tunic.index.web;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tunic.index.metainfo.Metainfo.FileEntry;
import org.tunic.index.metainfo.SafeText;

/**
 * The files of a torrent as a tree for a page: as many as fit.
 *
 * <p>Bounds: {@link #MAX_FILES}, and {@link #MAX_BYTES} of page.
 *
 * <p>Threads: one.
 */
final class FileTree {
  /** Files of a page. */
  static final int MAX_FILES = 150;

  /** Bytes of a page, about. */
  static final int MAX_BYTES = 14_000;

  private static final int MAX_NAME = 160;
  private static final int MARKUP_BYTES = 60;
  private static final int DIRECTORY_BYTES = 110;

  private final Map<String, FileTree> directories = new LinkedHashMap<>();
  private final List<FileNode> files = new ArrayList<>();

  private FileTree() {}

  /** A tree, and how many files are not in it. */
  record Shown(List<FileNode> nodes, int unseen) {}

  static Shown of(List<FileEntry> files) {
    FileTree root = new FileTree();
    int shown = 0;
    int bytes = 0;
    for (FileEntry file : files) {
      bytes += root.add(file);
      if (shown == MAX_FILES || bytes > MAX_BYTES) {
        break;
      }
      shown++;
    }
    return new Shown(root.nodes(), Math.max(0, files.size() - shown));
  }

  /** Adds a file; returns about how many bytes it takes on a page. */
  private int add(FileEntry file) {
    FileTree directory = this;
    int bytes = MARKUP_BYTES;
    List<String> path = file.path();
    for (String name : path.subList(0, path.size() - 1)) {
      String safe = SafeText.line(name, MAX_NAME);
      FileTree next = directory.directories.get(safe);
      if (next == null) {
        next = new FileTree();
        directory.directories.put(safe, next);
        bytes += DIRECTORY_BYTES + escaped(safe);
      }
      directory = next;
    }
    String name = SafeText.line(path.getLast(), MAX_NAME);
    directory.files.add(new FileNode(name, Texts.size(file.length()), List.of()));
    return bytes + escaped(name);
  }

  /** Bytes of a text on a page: an ampersand takes five. */
  private static int escaped(String text) {
    int bytes = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      bytes += c == '&' || c == '<' || c == '>' ? 5 : c < 0x80 ? 1 : 3;
    }
    return bytes;
  }

  private List<FileNode> nodes() {
    List<FileNode> nodes = new ArrayList<>();
    directories.forEach((name, tree) -> nodes.add(new FileNode(name, "", tree.nodes())));
    nodes.addAll(files);
    return nodes;
  }
}
