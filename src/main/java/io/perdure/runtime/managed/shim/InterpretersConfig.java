package io.perdure.runtime.managed.shim;

import static io.perdure.config.Rule.matching;
import static io.perdure.config.Rule.nonEmpty;

import io.perdure.config.Section;
import io.perdure.invocation.RuntimeNames;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What runs uploaded code. A program is an absolute path or a name to be looked for on the server's
 * PATH.
 *
 * @param python3 for Python functions
 * @param nodejs for Node.js functions
 * @param java for Java functions; empty for the Java that runs the server
 * @param others programs for single names of runtimes, such as "python3.12"; keys as {@link
 *     RuntimeNames#normal} has them
 */
public record InterpretersConfig(
    String python3, String nodejs, Optional<String> java, Map<String, String> others) {
  /** What holds unless set. */
  public static final InterpretersConfig DEFAULT =
      new InterpretersConfig("python3", "node", Optional.empty(), Map.of());

  private static final int OTHERS_MAX = 100;
  private static final String OTHER = "(?i)(python3|nodejs|java)[^=\\s]*=.*\\S.*";

  public InterpretersConfig {
    others = Map.copyOf(others);
  }

  /** Reads the section {@code runtime.managed.interpreters}. */
  public static InterpretersConfig read(Section section) {
    Map<String, String> others = new HashMap<>();
    for (String pair :
        section.list(
            "others",
            List.of(),
            matching(
                list ->
                    list.size() <= OTHERS_MAX
                        && list.stream().allMatch(pair -> pair.matches(OTHER)),
                "at most "
                    + OTHERS_MAX
                    + " of the form name=program, for names such as python3.12"))) {
      int equals = pair.indexOf('=');
      others.put(
          RuntimeNames.normal(pair.substring(0, equals)), pair.substring(equals + 1).strip());
    }
    return new InterpretersConfig(
        section.text("python3", DEFAULT.python3, nonEmpty()),
        section.text("nodejs", DEFAULT.nodejs, nonEmpty()),
        section.optionalText("java", nonEmpty()),
        others);
  }
}
