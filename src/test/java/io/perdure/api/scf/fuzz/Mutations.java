package io.perdure.api.scf.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.perdure.testkit.fuzz.Pair;
import io.perdure.testkit.fuzz.Spoil;
import io.perdure.testkit.fuzz.Wired;
import java.util.Random;

/** Ways to spoil a request before it is signed, or behind its signature. */
final class Mutations {
  private static final String[] COMMON = {
    "Action",
    "Version",
    "Timestamp",
    "Region",
    "Token",
    "Language",
    "RequestClient",
    "Nonce",
    "SignatureMethod",
    "TraceId",
  };

  private Mutations() {}

  /** Spoils what is signed afterwards. */
  static void beforeSigning(Draft draft, ObjectNode parameters, Random random) {
    switch (random.nextInt(8)) {
      case 0 -> common(draft, random);
      case 1 -> draft.contentType = random.nextInt(6) == 0 ? null : Spoil.contentType(random);
      case 2 -> draft.headers.add(new Pair("X-Note", Spoil.headerText(random)));
      case 3 -> draft.chunks = Spoil.chunks(random);
      default -> {
        if (draft.form != Draft.Form.JSON) {
          flat(draft, random);
        } else if (random.nextInt(4) > 0) {
          Spoil.tree(parameters, random);
          draft.json = Spoil.text(parameters, random).getBytes(UTF_8);
        } else {
          draft.json =
              random.nextInt(6) == 0
                  ? Spoil.odd(draft.json, random)
                  : Spoil.bytes(draft.json, random);
        }
      }
    }
    if (random.nextInt(40) == 0) {
      draft.method = Spoil.method(random);
    }
  }

  private static void common(Draft draft, Random random) {
    String name = Spoil.any(COMMON, random);
    boolean header = !draft.v1();
    switch (random.nextInt(4)) {
      case 0 -> draft.common.remove(name);
      case 1 -> draft.common.put(name, header ? Spoil.headerText(random) : Spoil.text(random));
      case 2 ->
          draft.common.computeIfPresent(
              name, (same, value) -> header ? value + "x" : value + Spoil.text(random));
      default -> {
        String value = draft.common.get("Timestamp");
        if (value != null) {
          draft.common.put("Timestamp", value + random.nextInt(10));
        }
      }
    }
  }

  private static void flat(Draft draft, Random random) {
    if (draft.flat.isEmpty() || random.nextInt(6) == 0) {
      draft.flat.add(new Pair(Spoil.text(random), Spoil.text(random)));
      return;
    }
    int at = random.nextInt(draft.flat.size());
    Pair pair = draft.flat.get(at);
    switch (random.nextInt(6)) {
      case 0 -> draft.flat.remove(at);
      case 1 -> draft.flat.add(pair); // twice
      case 2, 3 -> draft.flat.set(at, new Pair(pair.name(), Spoil.text(random)));
      case 4 -> draft.flat.set(at, new Pair(name(pair.name(), random), pair.value()));
      default -> {
        for (int i = 0; i < 1 + random.nextInt(2_000); i++) {
          draft.flat.add(new Pair(pair.name() + "." + i, pair.value()));
        }
      }
    }
  }

  private static String name(String name, Random random) {
    String[] parts = name.split("\\.", -1);
    int at = random.nextInt(parts.length);
    parts[at] =
        switch (random.nextInt(8)) {
          case 0 -> "";
          case 1 -> "-1";
          case 2 -> "99999999999";
          case 3 -> "999999";
          case 4 -> parts[at] + "." + random.nextInt(3);
          case 5 -> parts[at].toLowerCase(java.util.Locale.ROOT);
          case 6 -> parts[at] + "..";
          default -> Integer.toString(random.nextInt(5));
        };
    return String.join(".", parts);
  }

  /** Changes something that was signed, so that the signature is none of this request any more. */
  static void behindSignature(Draft draft, Wired wired, Random random) {
    if (draft.v1()) {
      boolean query = wired.target.length() > 1;
      String text = query ? wired.target : new String(wired.body, UTF_8);
      int value = text.indexOf('=') + 1;
      String forged = text.substring(0, value) + "Z" + text.substring(value);
      if (query) {
        wired.target = forged;
      } else {
        wired.body = forged.getBytes(UTF_8);
      }
      return;
    }
    int at = 0;
    while (!wired.headers.get(at).name().equals("Authorization")) {
      at++;
    }
    String value = wired.headers.get(at).value();
    int digit = value.length() - 1 - random.nextInt(64);
    String forged =
        switch (random.nextInt(6)) {
          case 0 -> value.replace("SignedHeaders=content-type;host", "SignedHeaders=host");
          case 1 -> value.replace("/scf/", "/cvm/");
          case 2 -> value.substring(0, value.length() - 1 - random.nextInt(value.length() - 1));
          case 3 -> value.replaceFirst("Credential=[^/]*", "Credential=nobody");
          case 4 -> "SKIP";
          default ->
              value.substring(0, digit)
                  + (value.charAt(digit) == '0' ? '1' : '0')
                  + value.substring(digit + 1);
        };
    wired.headers.set(at, new Pair("Authorization", forged));
  }
}
