package io.perdure.runtime.managed;

import static io.perdure.config.Rule.matching;

import io.perdure.config.Section;
import io.perdure.invocation.Function.Flavour;

/**
 * The regions that functions are told they run in.
 *
 * @param scf for functions of flavour SCF
 * @param fc for functions of flavours FC2 and FC3
 */
public record Regions(String scf, String fc) {
  /** What holds unless set. */
  public static final Regions DEFAULT = new Regions("ap-guangzhou", "cn-hangzhou");

  /** Reads {@code region} of the sections {@code scf} and {@code fc}. */
  public static Regions read(Section scf, Section fc) {
    return new Regions(region(scf, DEFAULT.scf), region(fc, DEFAULT.fc));
  }

  private static String region(Section dialect, String byDefault) {
    return dialect.text(
        "region",
        byDefault,
        matching(
            text -> text.matches("[a-z0-9-]{1,40}"),
            "1 to 40 lower case letters, digits and hyphens"));
  }

  /** The region of functions of that flavour; empty for native ones, which know none. */
  public String of(Flavour flavour) {
    return switch (flavour) {
      case SCF -> scf;
      case FC2, FC3 -> fc;
      case NATIVE -> "";
    };
  }
}
