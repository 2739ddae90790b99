package io.perdure.invocation;

import io.perdure.invocation.Function.Flavour;
import io.perdure.invocation.RuntimeSpec.Language;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The names that runtimes have in the dialects, and what runs their functions here. Versions are
 * accepted as far as the clouds have or had them; which one runs is the machine's affair.
 */
public final class RuntimeNames {
  /** Python 3, with or without a minor version. */
  private static final Pattern PYTHON = Pattern.compile("python3(\\.\\d{1,2})?");

  private static final Pattern NODEJS = Pattern.compile("nodejs(\\d{1,2}(\\.\\d{1,2})?)?");
  private static final Pattern JAVA = Pattern.compile("java(\\d{1,2})?");

  /** Function Compute's, by the system of the image: {@code custom.debian10}. */
  private static final Pattern CUSTOM = Pattern.compile("custom(\\.[a-z]+\\d*)?");

  private RuntimeNames() {}

  /** In the form used for comparing: the clouds differ in capitals. */
  public static String normal(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  /**
   * What runs the functions of the runtime {@code name}; empty when nothing does, see {@link
   * #refusal}.
   *
   * @param flavour decides what "custom" means: a program that fetches invocations (SCF, native) or
   *     one that is an HTTP server (Function Compute; natively "custom-http")
   */
  public static Optional<Language> languageOf(String name, Flavour flavour) {
    String normal = normal(name);
    if (PYTHON.matcher(normal).matches()) {
      return Optional.of(Language.PYTHON);
    }
    if (NODEJS.matcher(normal).matches()) {
      return Optional.of(Language.NODEJS);
    }
    if (JAVA.matcher(normal).matches()) {
      return Optional.of(Language.JAVA);
    }
    return switch (flavour) {
      case SCF -> normal.equals("customruntime") ? some(Language.CUSTOM_API) : Optional.empty();
      case FC2, FC3 ->
          CUSTOM.matcher(normal).matches() ? some(Language.CUSTOM_HTTP) : Optional.empty();
      case NATIVE ->
          switch (normal) {
            case "custom" -> some(Language.CUSTOM_API);
            case "custom-http" -> some(Language.CUSTOM_HTTP);
            case "web" -> some(Language.WEB);
            default -> Optional.empty();
          };
    };
  }

  private static Optional<Language> some(Language language) {
    return Optional.of(language);
  }

  /** Why there is no runtime {@code name}, and what to use instead; one line for people. */
  public static String refusal(String name, Flavour flavour) {
    String custom =
        switch (flavour) {
          case SCF -> "CustomRuntime with an executable bootstrap";
          case FC2, FC3 -> "custom with an HTTP server";
          case NATIVE -> "custom with an executable bootstrap";
        };
    String normal = normal(name);
    String instead;
    if (normal.startsWith("python2")) {
      instead = "Python 2 is not run any more: use " + example(flavour, "Python3.9", "python3.9");
    } else if (normal.startsWith("custom-container") || normal.startsWith("customimage")) {
      instead =
          "container images are not run: put the program into a package and use "
              + custom
              + ", or serve it elsewhere and use a function of kind http";
    } else if (normal.startsWith("go")
        || normal.startsWith("php")
        || normal.startsWith("dotnet")
        || normal.startsWith("ruby")) {
      instead = "use " + custom + " that starts the program";
    } else {
      instead =
          "use "
              + switch (flavour) {
                case SCF -> "Python3.x, Nodejsx.y, Java8, Java11 or CustomRuntime";
                case FC2, FC3 -> "python3.x, nodejsx, java8, java11 or custom";
                case NATIVE -> "python3, nodejs, java, custom, custom-http or web";
              };
    }
    return "there is no runtime \"" + Cut.to(64, name) + "\": " + instead;
  }

  private static String example(Flavour flavour, String scf, String others) {
    return flavour == Flavour.SCF ? scf : others;
  }
}
