package org.tunic.index.torznab;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.index.Torrents;
import org.tunic.index.http.Browser;
import org.tunic.index.store.Category;
import org.tunic.index.web.Query;
import org.tunic.index.web.WebRequest;
import org.tunic.index.web.WebResponse;
import org.tunic.testing.ParserFuzz;

/** Whatever the query, the answer is XML, or that there is none. */
class TorznabFuzz extends ParserFuzz {
  private final Torznab torznab = torznab();

  TorznabFuzz() {
    super(NONE);
  }

  private static Torznab torznab() {
    try {
      Path folder = Files.createTempDirectory("tunic-torznab");
      Browser browser = new Browser(folder);
      browser.index.add(List.of(Torrents.entry("Some.Show.S01E02 <\u0001>", Category.TV_HD, 1)));
      Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(browser, folder)));
      return new Torznab(browser.index);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Browser browser, Path folder) {
    try (var files = Files.walk(folder)) {
      browser.close();
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  protected void parse(byte[] input) throws Exception {
    WebResponse answer =
        torznab.answer(
            new WebRequest(
                false, "/api", Query.parse(text(input)), "x.onion", "", "", Bytes.EMPTY));
    DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(answer.body().toArray()));
  }
}
