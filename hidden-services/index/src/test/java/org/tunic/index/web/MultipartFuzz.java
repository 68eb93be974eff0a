package org.tunic.index.web;

import org.tunic.testing.ParserFuzz;

/** Forms: whatever comes is a form or none. */
class MultipartFuzz extends ParserFuzz {
  MultipartFuzz() {
    super(NONE);
  }

  @Override
  protected void parse(byte[] input) {
    Multipart.parse(input, "b")
        .ifPresent(
            form -> {
              int bytes = form.files().values().stream().mapToInt(b -> b.length()).sum();
              if (bytes > input.length) {
                throw new AssertionError("more than came");
              }
            });
    Multipart.boundary(text(input));
    Query.parse(text(input));
  }
}
