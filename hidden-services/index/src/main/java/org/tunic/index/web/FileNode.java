package org.tunic.index.web;

import java.util.List;

/**
 * A file or directory of a torrent.
 *
 * <p>Threads: immutable.
 *
 * @param name made harmless
 * @param size as text; empty for a directory
 * @param children of a directory; none for a file
 */
public record FileNode(String name, String size, List<FileNode> children) {
  /** Copies the list. */
  public FileNode {
    children = List.copyOf(children);
  }
}
