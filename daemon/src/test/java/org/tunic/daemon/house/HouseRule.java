package org.tunic.daemon.house;

import com.tngtech.archunit.core.domain.JavaClass;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * One rule about classes.
 *
 * @param name for the test report
 * @param check says of a class what breaks the rule, once for each breach
 */
record HouseRule(String name, BiConsumer<JavaClass, Consumer<String>> check) {

  /** The breaches in {@code classes}, by the name of the outermost class. */
  Map<String, List<String>> breaches(Iterable<JavaClass> classes) {
    Map<String, List<String>> found = new TreeMap<>();
    for (JavaClass javaClass : classes) {
      check.accept(
          javaClass,
          breach ->
              found.computeIfAbsent(outermost(javaClass), key -> new ArrayList<>()).add(breach));
    }
    return found;
  }

  private static String outermost(JavaClass javaClass) {
    String name = javaClass.getName();
    int dollar = name.indexOf('$');
    return dollar < 0 ? name : name.substring(0, dollar);
  }

  @Override
  public String toString() {
    return name;
  }
}
