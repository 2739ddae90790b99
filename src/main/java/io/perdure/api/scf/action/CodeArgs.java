package io.perdure.api.scf.action;

import io.perdure.api.scf.wire.Args;
import io.perdure.api.scf.wire.ScfError;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Where a request says that the code of a function is: only a zip in the request itself is. */
final class CodeArgs {
  private static final int CREATE_BYTES_MAX = 50 << 20;
  private static final int UPDATE_BYTES_MAX = 20 << 20;
  private static final String ZIP = "ZipFile";

  /** By the parameters that name them. */
  private static final Map<String, List<String>> ELSEWHERE =
      Map.of(
          "Cos",
          List.of("CosBucketName", "CosObjectName", "CosBucketRegion", "TempCosObjectName"),
          "Demo",
          List.of("DemoId"),
          "Git",
          List.of("GitUrl"),
          "ImageConfig",
          List.of("ImageConfig"));

  private CodeArgs() {}

  /** The zip that CreateFunction is called with. */
  static byte[] ofCreate(Args args) {
    Args code = args.object("Code");
    Set<String> sources = sources(code);
    byte[] zip = code.bytes(ZIP);
    return checked(args, sources, zip, "Code.ZipFile", CREATE_BYTES_MAX);
  }

  /** The zip that UpdateFunctionCode is called with: by itself, or within {@code Code}. */
  static byte[] ofUpdate(Args args) {
    Set<String> sources = sources(args);
    Args code = args.object("Code");
    if (code == null || sources(code).isEmpty()) {
      return checked(args, sources, args.bytes(ZIP), ZIP, UPDATE_BYTES_MAX);
    }
    if (!sources.isEmpty()) {
      throw ScfError.invalidValue(
          "InvalidParameterValue.Code", "Code", "expected the code in it or outside, not both");
    }
    return checked(args, sources(code), code.bytes(ZIP), "Code.ZipFile", CREATE_BYTES_MAX);
  }

  private static Set<String> sources(Args code) {
    Set<String> sources = new LinkedHashSet<>();
    if (code.has(ZIP)) {
      sources.add(ZIP);
    }
    ELSEWHERE.forEach(
        (source, parameters) -> {
          if (parameters.stream().anyMatch(name -> given(code, name))) {
            sources.add(source);
          }
        });
    return sources;
  }

  /** An empty text is as good as none: some clients send all there are. */
  private static boolean given(Args code, String name) {
    return code.has(name) && !(code.json(name).isTextual() && code.text(name).isEmpty());
  }

  private static byte[] checked(
      Args args, Set<String> sources, byte[] zip, String parameter, int bytesMax) {
    if (sources.size() > 1) {
      throw ScfError.invalidValue(
          "InvalidParameterValue.Code",
          "Code",
          "expected one place for the code, not " + String.join(" and ", sources));
    }
    if (!args.text("CodeSource", ZIP).equals(ZIP) || (sources.size() == 1 && zip == null)) {
      throw ScfError.unsupported(
          "Code is taken from the request itself and from nowhere else: send it as "
              + parameter
              + ", a zip in Base64.");
    }
    if (zip == null) {
      throw new ScfError(
          "MissingParameter.Code",
          "The request is missing the required parameter `" + parameter + "`, a zip in Base64.");
    }
    if (zip.length == 0 || zip.length > bytesMax) {
      throw ScfError.invalidValue(
          "InvalidParameterValue.ZipFile",
          parameter,
          "expected a zip of at most " + (bytesMax >> 20) + " MB");
    }
    return zip;
  }
}
