package org.tunic.index.search;

import java.io.Reader;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.LowerCaseFilter;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.charfilter.MappingCharFilter;
import org.apache.lucene.analysis.charfilter.NormalizeCharMap;
import org.apache.lucene.analysis.miscellaneous.ASCIIFoldingFilter;
import org.apache.lucene.analysis.standard.StandardTokenizer;

/**
 * Cuts names into words. Those of torrents are joined by dots and underscores as often as by
 * blanks; accents do not matter, nor do capitals.
 *
 * <p>Threads: any.
 */
final class NameAnalyzer extends Analyzer {
  private static final NormalizeCharMap BLANKS = blanks();

  private static NormalizeCharMap blanks() {
    NormalizeCharMap.Builder map = new NormalizeCharMap.Builder();
    for (String joint : new String[] {".", "_", "-", "+", ":", "'", "\u2019", "/"}) {
      map.add(joint, " ");
    }
    return map.build();
  }

  @Override
  protected Reader initReader(String field, Reader reader) {
    return new MappingCharFilter(BLANKS, reader);
  }

  @Override
  protected TokenStreamComponents createComponents(String field) {
    StandardTokenizer words = new StandardTokenizer();
    return new TokenStreamComponents(words, filtered(words));
  }

  /** Also for prefixes, which are not cut into words. */
  @Override
  protected TokenStream normalize(String field, TokenStream in) {
    return filtered(in);
  }

  private static TokenStream filtered(TokenStream in) {
    return new ASCIIFoldingFilter(new LowerCaseFilter(in));
  }
}
