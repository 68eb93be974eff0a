package org.tunic.directory.fetch;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The headers of a directory request or answer, in order. Names compare without regard to case; of
 * several with one name the first counts.
 *
 * <p>Threads: immutable.
 *
 * @param fields the headers
 */
public record DirHeaders(List<Field> fields) {
  /** No headers. */
  public static final DirHeaders NONE = new DirHeaders(List.of());

  /** One header. */
  public record Field(String name, String value) {}

  /** Copies the list. */
  public DirHeaders {
    fields = List.copyOf(fields);
  }

  /** Of alternating names and values. */
  public static DirHeaders of(String... namesAndValues) {
    List<Field> fields = new ArrayList<>();
    for (int i = 0; i + 1 < namesAndValues.length; i += 2) {
      fields.add(new Field(namesAndValues[i], namesAndValues[i + 1]));
    }
    return new DirHeaders(fields);
  }

  /** These headers and one more at the end. */
  public DirHeaders with(String name, String value) {
    List<Field> more = new ArrayList<>(fields);
    more.add(new Field(name, value));
    return new DirHeaders(more);
  }

  /** The value of the first header with this name. */
  public Optional<String> get(String name) {
    for (Field field : fields) {
      if (field.name().equalsIgnoreCase(name)) {
        return Optional.of(field.value());
      }
    }
    return Optional.empty();
  }
}
