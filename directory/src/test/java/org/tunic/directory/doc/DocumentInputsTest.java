package org.tunic.directory.doc;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.tunic.directory.doc.consensus.UnverifiedConsensus;
import org.tunic.directory.doc.extrainfo.ExtraInfo;
import org.tunic.directory.doc.keycertificate.KeyCertificate;
import org.tunic.directory.doc.microdescriptor.Microdescriptor;
import org.tunic.directory.doc.routerdescriptor.RouterDescriptor;
import org.tunic.directory.netdoc.DocumentSyntaxException;
import org.tunic.directory.netdoc.NetdocText;

/** The folders {@code documents/KIND/good} and {@code documents/KIND/bad}; see ORIGIN.md there. */
class DocumentInputsTest {
  private static final Map<String, Documents.Parser<?>> PARSERS =
      Map.of(
          "consensus", UnverifiedConsensus::parse,
          "microdescriptor", Microdescriptor::parse,
          "keycertificate", KeyCertificate::parse,
          "routerdescriptor", RouterDescriptor::parse,
          "extrainfo", ExtraInfo::parse);

  /** One input. */
  private record Input(String kind, String name, NetdocText document) {
    Documents.Parser<?> parser() {
      return requireNonNull(PARSERS.get(kind));
    }
  }

  @TestFactory
  Stream<DynamicTest> goodInput_parses() throws Exception {
    return inputs("good")
        .map(
            input ->
                DynamicTest.dynamicTest(
                    input.kind + "/" + input.name, () -> input.parser().parse(input.document)));
  }

  @TestFactory
  Stream<DynamicTest> badInput_isRefusedAtTheKeyword() throws Exception {
    return inputs("bad")
        .map(input -> DynamicTest.dynamicTest(input.kind + "/" + input.name, () -> refused(input)));
  }

  private static void refused(Input input) {
    String text = input.document.text();
    int eol = text.indexOf('\n');
    String keyword = text.substring(2, eol);
    DocumentSyntaxException e =
        assertThrows(
            DocumentSyntaxException.class,
            () -> input.parser().parse(NetdocText.of(text.substring(eol + 1))));
    assertEquals(keyword, e.keyword(), e.getMessage());
  }

  private static Stream<Input> inputs(String folder) throws IOException, URISyntaxException {
    URL marker = requireNonNull(DocumentInputsTest.class.getResource("/documents/ORIGIN.md"));
    Path base = Path.of(marker.toURI()).resolveSibling(".").normalize();
    List<Input> inputs = new ArrayList<>();
    for (String kind : PARSERS.keySet()) {
      try (Stream<Path> files = Files.list(base.resolve(kind).resolve(folder))) {
        for (Path file : files.sorted().toList()) {
          inputs.add(
              new Input(
                  kind,
                  String.valueOf(file.getFileName()),
                  NetdocText.of(Files.readAllBytes(file))));
        }
      }
    }
    assertFalse(inputs.isEmpty());
    return inputs.stream();
  }
}
