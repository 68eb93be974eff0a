package org.tunic.directory.netdoc;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The items of a document (or of one section of it) that its {@link ItemTable} knows and has
 * checked. Asking for a keyword the table lacks is a bug and throws {@link
 * IllegalArgumentException}.
 *
 * <p>Threads: immutable.
 */
public final class Section {
  private final ItemTable table;
  private final NetdocText document;
  private final @Nullable Object[] found;
  private final int start;
  private final int end;

  Section(ItemTable table, NetdocText document, @Nullable Object[] found, int start, int end) {
    this.table = table;
    this.document = document;
    this.found = found;
    this.start = start;
    this.end = end;
  }

  /** The text all offsets count in. */
  public NetdocText document() {
    return document;
  }

  /** Offset of the section's first item (or of the blank lines before it). */
  public int start() {
    return start;
  }

  /** Offset just behind the section: of the next section's first item, or the end. */
  public int end() {
    return end;
  }

  /** Whether the keyword is there. */
  public boolean has(String keyword) {
    return found[table.indexOf(keyword)] != null;
  }

  /**
   * The first item with this keyword, which the table demands.
   *
   * @throws DocumentSyntaxException if it is absent (only possible where the table does not demand
   *     it)
   */
  public Item one(String keyword) throws DocumentSyntaxException {
    List<Item> items = all(keyword);
    if (items.isEmpty()) {
      throw new DocumentSyntaxException(keyword, 0, "missing");
    }
    return items.getFirst();
  }

  /** The first item with this keyword, if there is one. */
  public Optional<Item> optional(String keyword) {
    return all(keyword).stream().findFirst();
  }

  /** The first item with this keyword, or null. */
  public @Nullable Item orNull(String keyword) {
    List<Item> items = all(keyword);
    return items.isEmpty() ? null : items.getFirst();
  }

  /** All items with this keyword, in their order. */
  @SuppressWarnings("unchecked") // ItemTable stores an Item or a List<Item>
  public List<Item> all(String keyword) {
    Object entry = found[table.indexOf(keyword)];
    if (entry == null) {
      return List.of();
    }
    return entry instanceof Item one ? List.of(one) : List.copyOf((List<Item>) entry);
  }
}
