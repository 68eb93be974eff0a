package org.tunic.index.store;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What a torrent is. The numbers are those of Torznab; a category with a thousand is the parent of
 * those above it.
 *
 * <p>Spec: Torznab. Threads: immutable.
 */
public enum Category {
  /** Programs of consoles. */
  CONSOLE(1000, "Console"),
  /** Films. */
  MOVIES(2000, "Movies"),
  /** Films of old resolution. */
  MOVIES_SD(2030, "Movies/SD"),
  /** Films of high resolution. */
  MOVIES_HD(2040, "Movies/HD"),
  /** Films of very high resolution. */
  MOVIES_UHD(2045, "Movies/UHD"),
  /** Sound. */
  AUDIO(3000, "Audio"),
  /** Compressed music. */
  AUDIO_MP3(3010, "Audio/MP3"),
  /** Books that are read out. */
  AUDIOBOOK(3030, "Audio/Audiobook"),
  /** Music as it was. */
  AUDIO_LOSSLESS(3040, "Audio/Lossless"),
  /** Programs. */
  PC(4000, "PC"),
  /** Images of media. */
  PC_ISO(4020, "PC/ISO"),
  /** Programs of the Macintosh. */
  PC_MAC(4030, "PC/Mac"),
  /** Games. */
  PC_GAMES(4050, "PC/Games"),
  /** Television. */
  TV(5000, "TV"),
  /** Television of old resolution. */
  TV_SD(5030, "TV/SD"),
  /** Television of high resolution. */
  TV_HD(5040, "TV/HD"),
  /** Television of very high resolution. */
  TV_UHD(5045, "TV/UHD"),
  /** Documentaries. */
  TV_DOCUMENTARY(5080, "TV/Documentary"),
  /** For adults. */
  ADULT(6000, "X".repeat(3)),
  /** Books. */
  BOOKS(7000, "Books"),
  /** Electronic books. */
  BOOKS_EBOOK(7020, "Books/EBook"),
  /** Comics. */
  BOOKS_COMICS(7030, "Books/Comics"),
  /** Everything else. */
  OTHER(8000, "Other");

  private static final int THOUSAND = 1000;

  private final int number;
  private final String label;

  Category(int number, String label) {
    this.number = number;
    this.label = label;
  }

  /** The number of Torznab. */
  public int number() {
    return number;
  }

  /** Its name. */
  public String label() {
    return label;
  }

  /** Whether it has children. */
  public boolean isParent() {
    return number % THOUSAND == 0;
  }

  /** Those below it. */
  public List<Category> children() {
    return Arrays.stream(values())
        .filter(
            other -> other != this && isParent() && other.number / THOUSAND == number / THOUSAND)
        .toList();
  }

  /** The parent; itself for one that has none. */
  public Category parent() {
    return of(number / THOUSAND * THOUSAND).orElse(this);
  }

  /** The category of a number. */
  public static Optional<Category> of(int number) {
    return Arrays.stream(values()).filter(category -> category.number == number).findFirst();
  }
}
