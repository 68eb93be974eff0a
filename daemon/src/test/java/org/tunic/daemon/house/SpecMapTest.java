package org.tunic.daemon.house;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * {@code docs/specmap.md} agrees with the {@code Spec:} lines of the classes, and these with it.
 */
class SpecMapTest {
  private static final String SOURCES = "src/main/java/org/tunic/";
  private static final Pattern JAVADOC = Pattern.compile("/\\*\\*.*?\\*/", Pattern.DOTALL);
  private static final Pattern MARGIN = Pattern.compile("\\R\\s*\\* ?");
  private static final Pattern SPEC_LINE =
      Pattern.compile("Spec:(.*?)(?=Threads:|<p>|@(?:param|return|throws)|\\*/|$)", Pattern.DOTALL);
  private static final Pattern SECTION =
      Pattern.compile(
          "(?<![\\w/-])((?:[a-z0-9]+-)+(?:spec|extensions)(?:/[a-z0-9-]+)?|proposals/\\d+)"
              + "(#[\\w:-]+)?");
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");
  private static final int FEWEST_CLAIMS = 200;
  private static final int FEWEST_ROWS = 80;

  private static final String CONTROL_MAP =
      """
      | section | classes | not done |
      |---|---|---|
      | `tor-spec/cells` | `router.cell.Cell` |  |
      | `tor-spec/cells#create` | `router.cell.Create`, `router.cell.Created` | CREATE_OLD |
      | `tor-spec/padding` |  | issue 3 |
      """;
  private static final Set<String> CONTROL_CLASSES =
      Set.of("router.cell.Cell", "router.cell.Create", "router.cell.Created");

  /**
   * What the Javadoc of a class says it implements.
   *
   * @param who the class below {@code org.tunic}, or the room of a package-info
   * @param anchor with its {@code #}; empty without
   */
  private record Claim(String who, String page, String anchor) {
    boolean of(String name) {
      return name.equals(who) || (isRoom() && name.startsWith(who + "."));
    }

    boolean isRoom() {
      return Character.isLowerCase(who.charAt(who.lastIndexOf('.') + 1));
    }
  }

  /** A line of the map. */
  private record Row(String section, List<String> classes, String notDone) {
    static List<Row> parse(String map) {
      return map.lines().filter(line -> line.startsWith("| `")).map(Row::ofLine).toList();
    }

    private static Row ofLine(String line) {
      String[] cells = line.split("\\|", -1);
      List<String> section = code(cells[1]);
      return new Row(
          section.isEmpty() ? cells[1] : section.getFirst(), code(cells[2]), cells[3].strip());
    }

    private static List<String> code(String cell) {
      return CODE.matcher(cell).results().map(found -> found.group(1)).toList();
    }

    boolean covers(Claim claim) {
      return isPartOf(claim) && classes.stream().anyMatch(claim::of);
    }

    /** A page stands for all its anchors, the name of a specification for all its pages. */
    private boolean isPartOf(Claim claim) {
      return section.equals(claim.page)
          || section.equals(claim.page + claim.anchor)
          || (claim.anchor.isEmpty()
              && (section.startsWith(claim.page + "#") || section.startsWith(claim.page + "/")));
    }
  }

  @Test
  void map_besideTheSources_agrees() throws IOException {
    List<Claim> claims = new ArrayList<>();
    Set<String> classes = read(claims);
    String map = map();
    assertTrue(claims.size() >= FEWEST_CLAIMS, "only " + claims.size() + " claims found");
    assertTrue(Row.parse(map).size() >= FEWEST_ROWS, "only few rows found");
    List<String> differences = differences(map, claims, classes);
    assertTrue(
        differences.isEmpty(), () -> "docs/specmap.md:\n  " + String.join("\n  ", differences));
  }

  /** Whichever name is taken from the true map or misspelt there, it is missed. */
  @Test
  void map_withPlantedMistakes_isCaught() throws IOException {
    List<Claim> claims = new ArrayList<>();
    Set<String> classes = read(claims);
    String map = map();
    String name = "`router.circuit.RelayCircuit`";
    assertTrue(map.contains(name));
    assertTrue(
        differences(map.replace(name, ""), claims, classes).stream()
            .anyMatch(line -> line.startsWith("router.circuit.RelayCircuit says ")));
    assertTrue(
        differences(map.replace(name, "`router.circuit.RelayCircus`"), claims, classes).stream()
            .anyMatch(line -> line.endsWith("no class router.circuit.RelayCircus")));
  }

  @Test
  void differences_ofControl_areEachFound() {
    assertEquals(List.of(), control("router.cell.Cell", "tor-spec/cells"));
    assertEquals(List.of(), control("router.cell.Create", "tor-spec/cells#create"));
    assertEquals(List.of(), control("router.cell.Cell", "tor-spec/cells#any, RFC 5705"));
    assertEquals(List.of(), control("router.cell", "tor-spec/cells"));
    assertEquals(List.of(), control("router.cell.Created", "tor-spec"));
    assertEquals(1, control("router.cell.Cell", "tor-spec/cells, tor-spec/padding").size());
    assertEquals(1, control("router.cell.Cell", "tor-spec/streams").size());
    assertEquals(1, control("router.cell.Create", "tor-spec/cells#destroy").size());
    assertEquals(1, control("router.link", "tor-spec/cells").size());
    assertEquals(
        List.of("tor-spec/padding: no class router.cell.Pad"),
        differences(
            CONTROL_MAP.replace("|  | issue 3", "| `router.cell.Pad` | "),
            List.of(),
            CONTROL_CLASSES));
    assertEquals(
        List.of("tor-spec/padding: neither classes nor a reason"),
        differences(CONTROL_MAP.replace("issue 3", ""), List.of(), CONTROL_CLASSES));
    assertEquals(
        List.of("tor-spec/cells: two rows"),
        differences(CONTROL_MAP.replace("#create", ""), List.of(), CONTROL_CLASSES));
    assertEquals(
        List.of("the old padding: no section"),
        differences(
            CONTROL_MAP.replace("tor-spec/padding", "the old padding"),
            List.of(),
            CONTROL_CLASSES));
  }

  @Test
  void claims_ofControl_areRead() {
    String source =
        """
        /* Spec: tor-spec/no-javadoc */
        /**
         * Reads.
         *
         * <p>Spec: tor-spec/cells#create (“CREATE”), RFC 5705, proposals/324 section 3,
         * dir-spec/netdoc. Threads: as tor-spec/threads says.
         */
        class Cell {
          /** The most. Spec: cert-spec. */
          int max;
        }
        """;
    assertEquals(
        List.of(
            new Claim("router.cell.Cell", "tor-spec/cells", "#create"),
            new Claim("router.cell.Cell", "proposals/324", ""),
            new Claim("router.cell.Cell", "dir-spec/netdoc", ""),
            new Claim("router.cell.Cell", "cert-spec", "")),
        claims("router.cell.Cell", source));
  }

  private static List<String> control(String who, String spec) {
    return differences(
        CONTROL_MAP, claims(who, "/** Does. Spec: " + spec + " */"), CONTROL_CLASSES);
  }

  /** One line for each way in which the map and the sources contradict each other. */
  private static List<String> differences(String map, List<Claim> claims, Set<String> classes) {
    List<String> found = new ArrayList<>();
    List<Row> rows = Row.parse(map);
    Set<String> sections = new HashSet<>();
    for (Row row : rows) {
      if (!SECTION.matcher(row.section).matches()) {
        found.add(row.section + ": no section");
      }
      if (!sections.add(row.section)) {
        found.add(row.section + ": two rows");
      }
      if (row.classes.isEmpty() && row.notDone.isEmpty()) {
        found.add(row.section + ": neither classes nor a reason");
      }
      for (String name : row.classes) {
        if (!classes.contains(name)) {
          found.add(row.section + ": no class " + name);
        }
      }
    }
    for (Claim claim : claims) {
      if (rows.stream().noneMatch(row -> row.covers(claim))) {
        found.add(
            "%s says %s%s, whose row lacks it".formatted(claim.who, claim.page, claim.anchor));
      }
    }
    return found;
  }

  private static List<Claim> claims(String who, String source) {
    List<Claim> claims = new ArrayList<>();
    for (Matcher comment = JAVADOC.matcher(source); comment.find(); ) {
      String text = MARGIN.matcher(comment.group()).replaceAll(" ");
      for (Matcher line = SPEC_LINE.matcher(text); line.find(); ) {
        for (Matcher section = SECTION.matcher(line.group(1)); section.find(); ) {
          String anchor = section.group(2);
          claims.add(new Claim(who, section.group(1), anchor == null ? "" : anchor));
        }
      }
    }
    return claims;
  }

  /** All classes below {@code org.tunic}; what they say is added to {@code claims}. */
  private static Set<String> read(List<Claim> claims) throws IOException {
    Set<String> classes = new TreeSet<>();
    List<Path> sources;
    try (Stream<Path> files = Files.walk(root())) {
      sources =
          files
              .filter(file -> file.toString().endsWith(".java"))
              .filter(file -> name(file).contains(SOURCES) && !name(file).contains("/target/"))
              .sorted()
              .toList();
    }
    for (Path source : sources) {
      String path = name(source);
      String name =
          path.substring(path.indexOf(SOURCES) + SOURCES.length(), path.length() - 5)
              .replace('/', '.');
      boolean room = name.endsWith("package-info");
      if (!room) {
        classes.add(name);
      }
      String who = room ? name.substring(0, name.lastIndexOf('.')) : name;
      claims.addAll(claims(who, Files.readString(source, UTF_8)));
    }
    return classes;
  }

  private static String map() throws IOException {
    return Files.readString(root().resolve("docs/specmap.md"), UTF_8);
  }

  private static String name(Path file) {
    return file.toString().replace('\\', '/');
  }

  private static Path root() {
    for (Path dir = Path.of("").toAbsolutePath(); dir != null; dir = dir.getParent()) {
      if (Files.isRegularFile(dir.resolve("daemon/pom.xml"))) {
        return dir;
      }
    }
    throw new AssertionError("not inside the working tree: " + Path.of("").toAbsolutePath());
  }
}
