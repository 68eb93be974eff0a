package org.tunic.index.web;

/**
 * Writes XML: elements, attributes, text. What XML 1.0 cannot say at all is left out.
 *
 * <p>Spec: XML 1.0. Threads: one.
 */
public final class Xml {
  private final StringBuilder out =
      new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");

  /** Begins an element; attributes by name and value. */
  public Xml begin(String name, String... attributes) {
    return head(name, attributes, ">\n");
  }

  /** An element without content. */
  public Xml empty(String name, String... attributes) {
    return head(name, attributes, "/>\n");
  }

  private Xml head(String name, String[] attributes, String end) {
    out.append('<').append(name);
    for (int i = 0; i + 1 < attributes.length; i += 2) {
      out.append(' ').append(attributes[i]).append("=\"");
      escape(attributes[i + 1]);
      out.append('"');
    }
    out.append(end);
    return this;
  }

  /** Ends an element. */
  public Xml end(String name) {
    out.append("</").append(name).append(">\n");
    return this;
  }

  /** An element with text in it; attributes by name and value. */
  public Xml text(String name, String text, String... attributes) {
    head(name, attributes, ">");
    escape(text);
    return end(name);
  }

  private void escape(String text) {
    text.codePoints()
        .filter(Xml::isChar)
        .forEach(
            point -> {
              switch (point) {
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '&' -> out.append("&amp;");
                case '"' -> out.append("&quot;");
                case '\t', '\n', '\r' -> out.append("&#").append(point).append(';');
                default -> out.appendCodePoint(point);
              }
            });
  }

  private static boolean isChar(int point) {
    return point == '\t'
        || point == '\n'
        || point == '\r'
        || (point >= 0x20 && point <= 0xd7ff)
        || (point >= 0xe000 && point <= 0xfffd)
        || point >= 0x10000;
  }

  /** What was written. */
  @Override
  public String toString() {
    return out.toString();
  }
}
