package io.perdure.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Finds the word that was probably meant. */
final class Nearest {
  private static final int LENGTH_MAX = 100;

  private Nearest() {}

  /**
   * The known word nearest to {@code word}: at most a third of its letters changed, added, left out
   * or swapped with the next one, whatever the case and the separators; or else the one that ends
   * with it ({@code port} for {@code http.port}).
   */
  static Optional<String> to(String word, Collection<String> known) {
    String wanted = plain(word);
    if (wanted.length() > LENGTH_MAX) {
      return Optional.empty();
    }
    int most = Math.max(1, Math.min(4, wanted.length() / 3));
    Optional<String> nearest =
        known.stream()
            .filter(candidate -> Math.abs(candidate.length() - wanted.length()) <= most)
            .filter(candidate -> distance(wanted, plain(candidate)) <= most)
            .min(Comparator.comparingInt(candidate -> distance(wanted, plain(candidate))));
    return nearest.or(
        () ->
            known.stream()
                .filter(candidate -> plain(candidate).endsWith("." + wanted))
                .min(Comparator.comparingInt(String::length)));
  }

  private static String plain(String word) {
    return word.toLowerCase(Locale.ROOT).replace('_', '.').replace('-', '.');
  }

  /** Optimal string alignment distance: the usual edits, a swap of neighbours counted as one. */
  private static int distance(String a, String b) {
    var rows = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          rows[i][j] = i + j;
          continue;
        }
        int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        int least = Math.min(rows[i - 1][j], rows[i][j - 1]) + 1;
        least = Math.min(least, rows[i - 1][j - 1] + change);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          least = Math.min(least, rows[i - 2][j - 2] + 1);
        }
        rows[i][j] = least;
      }
    }
    return rows[a.length()][b.length()];
  }
}
