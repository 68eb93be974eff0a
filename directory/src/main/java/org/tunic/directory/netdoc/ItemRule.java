package org.tunic.directory.netdoc;

import org.jspecify.annotations.Nullable;

/**
 * What a kind of document demands of one keyword: how often, where, with how many arguments and
 * with which object. Started from the factories of {@link ItemTable} and refined by the methods
 * here, each of which returns a new rule.
 *
 * @param keyword the keyword
 * @param min least number of items
 * @param max greatest number of items
 * @param first whether the document must start with it
 * @param fromEnd how many items must follow it: 0 if the document must end with it; -1 for any
 *     number
 * @param position index it must have among the items, from 0; -1 for any
 * @param minArgs least number of arguments
 * @param maxArgs greatest number of arguments; more than a kind of document needs are usually
 *     allowed, for later extensions
 * @param objectUse whether an object is forbidden, allowed or demanded
 * @param objectType the type the object must have, null for any
 */
public record ItemRule(
    String keyword,
    int min,
    int max,
    boolean first,
    int fromEnd,
    int position,
    int minArgs,
    int maxArgs,
    ObjectUse objectUse,
    @Nullable String objectType) {

  /** Whether an item may have an object. */
  public enum ObjectUse {
    FORBIDDEN,
    OPTIONAL,
    REQUIRED
  }

  static ItemRule times(String keyword, int min, int max) {
    return new ItemRule(
        keyword, min, max, false, -1, -1, 0, Integer.MAX_VALUE, ObjectUse.FORBIDDEN, null);
  }

  /** The document starts with this item (annotations apart). */
  public ItemRule asFirst() {
    return new ItemRule(
        keyword, min, max, true, fromEnd, position, minArgs, maxArgs, objectUse, objectType);
  }

  /** The document ends with this item. */
  public ItemRule asLast() {
    return new ItemRule(
        keyword, min, max, first, 0, position, minArgs, maxArgs, objectUse, objectType);
  }

  /** Exactly one item follows this one. */
  public ItemRule asLastButOne() {
    return new ItemRule(
        keyword, min, max, first, 1, position, minArgs, maxArgs, objectUse, objectType);
  }

  /** The item has this index among all items, from 0. */
  public ItemRule at(int index) {
    return new ItemRule(
        keyword, min, max, first, fromEnd, index, minArgs, maxArgs, objectUse, objectType);
  }

  /** At least {@code least} arguments; further ones are ignored. */
  public ItemRule args(int least) {
    return argsBetween(least, Integer.MAX_VALUE);
  }

  /** Exactly {@code number} arguments. */
  public ItemRule exactArgs(int number) {
    return argsBetween(number, number);
  }

  /** At least {@code least} and at most {@code most} arguments. */
  public ItemRule argsBetween(int least, int most) {
    return new ItemRule(
        keyword, min, max, first, fromEnd, position, least, most, objectUse, objectType);
  }

  /** An object of this type must follow. */
  public ItemRule object(String type) {
    return new ItemRule(
        keyword, min, max, first, fromEnd, position, minArgs, maxArgs, ObjectUse.REQUIRED, type);
  }

  /** An object of any type must follow. */
  public ItemRule anyObject() {
    return new ItemRule(
        keyword, min, max, first, fromEnd, position, minArgs, maxArgs, ObjectUse.REQUIRED, null);
  }

  /** An object of this type may follow. */
  public ItemRule optionalObject(String type) {
    return new ItemRule(
        keyword, min, max, first, fromEnd, position, minArgs, maxArgs, ObjectUse.OPTIONAL, type);
  }

  void check(Item item) throws DocumentSyntaxException {
    if (minArgs > 0 || maxArgs < Integer.MAX_VALUE) {
      int count = item.argCount();
      if (count < minArgs || count > maxArgs) {
        throw item.fault(count < minArgs ? "too few arguments" : "too many arguments");
      }
    }
    if (item.hasObject()) {
      if (objectUse == ObjectUse.FORBIDDEN) {
        throw item.fault("unexpected object");
      }
      if (objectType != null && !objectType.equals(item.objectType())) {
        throw item.fault("object of another type");
      }
    } else if (objectUse == ObjectUse.REQUIRED) {
      throw item.fault("object missing");
    }
  }
}
