package org.tunic.directory.netdoc;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The keyword table of one kind of document (or of one section of it): which items there may be,
 * how often, where, with what behind them. Unknown keywords are skipped, as the format asks.
 *
 * <pre>{@code
 * static final ItemTable ITEMS = ItemTable.of(
 *     exactlyOnce("onion-key").asFirst().optionalObject("RSA PUBLIC KEY"),
 *     exactlyOnce("ntor-onion-key").args(1),
 *     atMostOnce("p").args(2),
 *     anyNumber("id").args(2));
 * Section items = ITEMS.read(text);
 * String key = items.one("ntor-onion-key").arg(0);
 * }</pre>
 *
 * <p>Spec: dir-spec/netdoc. Threads: immutable.
 */
public final class ItemTable {
  /** Most arguments accepted in a known item, as in C tor. */
  static final int MAX_ARGS = 512;

  private final ItemRule[] rules;
  private final Map<String, Integer> index;

  private ItemTable(ItemRule[] rules) {
    this.rules = rules;
    this.index = HashMap.newHashMap(rules.length);
    for (int i = 0; i < rules.length; i++) {
      if (index.put(rules[i].keyword(), i) != null) {
        throw new IllegalArgumentException("two rules for " + rules[i].keyword());
      }
    }
  }

  /** A table of these rules, at most one for each keyword. */
  public static ItemTable of(ItemRule... rules) {
    return new ItemTable(rules.clone());
  }

  /** The item must be there once. */
  public static ItemRule exactlyOnce(String keyword) {
    return ItemRule.times(keyword, 1, 1);
  }

  /** The item may be there once. */
  public static ItemRule atMostOnce(String keyword) {
    return ItemRule.times(keyword, 0, 1);
  }

  /** The item may be there any number of times. */
  public static ItemRule anyNumber(String keyword) {
    return ItemRule.times(keyword, 0, Integer.MAX_VALUE);
  }

  /** The item must be there, any number of times. */
  public static ItemRule atLeastOnce(String keyword) {
    return ItemRule.times(keyword, 1, Integer.MAX_VALUE);
  }

  /** The item must not be there. */
  public static ItemRule never(String keyword) {
    return ItemRule.times(keyword, 0, 0);
  }

  /**
   * Reads a whole document. Annotations ({@code @…}) are a fault; see {@link #readAnnotated}.
   *
   * @throws DocumentSyntaxException if the text is malformed or breaks a rule
   */
  public Section read(NetdocText document) throws DocumentSyntaxException {
    return read(new Tokenizer(document), document, false);
  }

  /**
   * Reads a whole document that may start with annotations ({@code @…}), as those in our own caches
   * do. They are found under their keyword with the {@code @}.
   */
  public Section readAnnotated(NetdocText document) throws DocumentSyntaxException {
    return read(new Tokenizer(document), document, true);
  }

  /**
   * Reads one section: items from {@code tokenizer} up to (excluding) the first whose keyword is
   * one of {@code stops}, not counting the section's own first item; to the end if there is none.
   */
  public Section readUntil(Tokenizer tokenizer, NetdocText document, String... stops)
      throws DocumentSyntaxException {
    return read(tokenizer, document, false, stops);
  }

  private Section read(Tokenizer tokenizer, NetdocText document, boolean annotated, String... stops)
      throws DocumentSyntaxException {
    int start = tokenizer.position();
    int startLine = tokenizer.line();
    @Nullable Object[] found = new @Nullable Object[rules.length];
    int[] counts = new int[rules.length];
    int position = 0;
    int lastRule = -1;
    int lastButOneRule = -1;
    for (Item item = tokenizer.next(); item != null; item = tokenizer.next()) {
      boolean annotation = item.keyword().startsWith("@");
      if (annotation && (!annotated || position > 0)) {
        throw item.fault("annotation where none is allowed");
      }
      lastButOneRule = lastRule;
      lastRule = take(item, position, found, counts);
      position += annotation ? 0 : 1;
      if (isNext(tokenizer, stops)) {
        break;
      }
    }
    if (position == 0) {
      throw new DocumentSyntaxException(rules[0].keyword(), startLine, "nothing there");
    }
    checkCounts(counts, lastRule, lastButOneRule);
    return new Section(this, document, found, start, tokenizer.position());
  }

  private static boolean isNext(Tokenizer tokenizer, String... keywords) {
    for (String keyword : keywords) {
      if (tokenizer.nextIs(keyword)) {
        return true;
      }
    }
    return false;
  }

  /** Files the item under its rule; -1 if there is none. */
  private int take(Item item, int position, @Nullable Object[] found, int[] counts)
      throws DocumentSyntaxException {
    Integer known = index.get(item.keyword());
    if (known == null) {
      checkPositionFree(item, position);
      return -1;
    }
    int r = known;
    ItemRule rule = rules[r];
    if (++counts[r] > rule.max()) {
      throw item.fault(rule.max() == 0 ? "not allowed here" : "too many of them");
    }
    if (rule.first() && position != 0 && counts[r] == 1) {
      throw item.fault("must come first");
    }
    if (rule.position() >= 0 && rule.position() != position) {
      throw item.fault("in the wrong position");
    }
    rule.check(item);
    store(r, item, found);
    return r;
  }

  private void checkPositionFree(Item item, int position) throws DocumentSyntaxException {
    if (position == 0) {
      for (ItemRule rule : rules) {
        if (rule.first()) {
          throw item.fault("the first item must be " + rule.keyword());
        }
      }
    }
  }

  @SuppressWarnings("unchecked") // a list in this array is always one of items, made below
  private static void store(int r, Item item, @Nullable Object[] found) {
    Object before = found[r];
    if (before == null) {
      found[r] = item;
    } else if (before instanceof Item one) {
      List<Item> several = new ArrayList<>();
      several.add(one);
      several.add(item);
      found[r] = several;
    } else {
      ((List<Item>) before).add(item);
    }
  }

  private void checkCounts(int[] counts, int lastRule, int lastButOneRule)
      throws DocumentSyntaxException {
    for (int i = 0; i < rules.length; i++) {
      ItemRule rule = rules[i];
      if (counts[i] < rule.min()) {
        throw new DocumentSyntaxException(rule.keyword(), 0, "missing");
      }
      boolean lastIsAnother = rule.fromEnd() == 0 && lastRule != i;
      boolean lastButOneIsAnother = rule.fromEnd() == 1 && lastButOneRule != i;
      if (counts[i] > 0 && (lastIsAnother || lastButOneIsAnother)) {
        throw new DocumentSyntaxException(
            rule.keyword(), 0, rule.fromEnd() == 0 ? "must come last" : "must come last but one");
      }
    }
  }

  int indexOf(String keyword) {
    Integer i = index.get(keyword);
    if (i == null) {
      throw new IllegalArgumentException("no rule for " + keyword);
    }
    return i;
  }
}
