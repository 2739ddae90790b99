package io.perdure.shim;

import java.util.Map;

/** What INIT says about the function and this instance of it. */
final class Instance {
  /** Whose conventions the function follows. */
  enum Flavour {
    NATIVE,
    SCF,
    FC
  }

  final Flavour flavour;
  final String handler;
  final String initializer;
  final String preStop;
  final String codeDirectory;
  final int concurrency;
  final int resultBytesMax;
  private final Map<String, Object> function;

  @SuppressWarnings("unchecked") // an object of JSON
  Instance(Map<String, Object> init) {
    String name = (String) init.get("flavour");
    flavour =
        name.equals("scf") ? Flavour.SCF : name.startsWith("fc") ? Flavour.FC : Flavour.NATIVE;
    handler = (String) init.get("handler");
    initializer = (String) init.get("initializer");
    preStop = (String) init.get("preStop");
    codeDirectory = (String) init.get("codeDirectory");
    concurrency = ((Number) init.get("concurrency")).intValue();
    resultBytesMax = ((Number) init.get("resultBytesMax")).intValue();
    function = (Map<String, Object>) init.get("function");
  }

  /** A field of the function's, "" when it is not told. */
  String text(String field) {
    Object value = function.get(field);
    return value == null ? "" : value.toString();
  }

  int number(String field) {
    return ((Number) function.get(field)).intValue();
  }
}
