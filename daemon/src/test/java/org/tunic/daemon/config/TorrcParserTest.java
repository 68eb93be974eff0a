package org.tunic.daemon.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

final class TorrcParserTest {
  private static List<String> parse(String text) throws ConfigException {
    return TorrcParser.parse(text, "torrc").stream()
        .map(
            line ->
                line.origin().line()
                    + " "
                    + line.command()
                    + " "
                    + line.name()
                    + "="
                    + line.value())
        .toList();
  }

  @Test
  void parse_commentsAndBlanks_areSkipped() throws Exception {
    assertEquals(List.of("3 SET A=b", "4 SET C=d e"), parse("# x\n\n  A\tb  # y\r\nC d e\r\n#z"));
  }

  @Test
  void parse_nameAlone_hasEmptyValue() throws Exception {
    assertEquals(List.of("1 SET A=", "2 SET B="), parse("A\nB#c"));
  }

  @Test
  void parse_continuation_joinsLinesAndDropsTheirComments() throws Exception {
    assertEquals(
        List.of("1 SET A=b     c e", "6 SET F=g"),
        parse("A b \\\n  # one \\\n# two\n  c \\\ne\nF g"));
  }

  @Test
  void parse_quotedValue_isUnescaped() throws Exception {
    assertEquals(
        List.of("1 SET A=a\tb\"\\'AB#", "2 SET C=ö"),
        parse("A \"a\\tb\\\"\\\\\\'\\x41\\102#\" # c\nC \"\\303\\266\""));
  }

  @Test
  void parse_plusAndSlash_sayWhatHappensToEarlierLines() throws Exception {
    assertEquals(List.of("1 APPEND A=b", "2 CLEAR C="), parse("+A b\n/C d"));
  }

  @Test
  void quote_anyValue_readsBack() throws Exception {
    for (String value :
        List.of("plain", "with # hash", "\"quoted\"", "ö", "a\nb", " lead", "x\\y", "'")) {
      assertEquals(
          List.of("1 SET A=" + value), parse("A " + TorrcQuote.ifNeeded(value) + "\n"), value);
    }
  }
}
