package io.perdure.api.fc.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.perdure.testkit.fuzz.Pair;
import io.perdure.testkit.fuzz.Spoil;
import io.perdure.testkit.fuzz.Wired;
import java.util.Arrays;
import java.util.Random;

/** Ways to spoil a request before it is signed, or behind its signature. */
final class FcMutations {
  private static final String[] HEADERS = {
    "X-Fc-Invocation-Type",
    "X-Fc-Log-Type",
    "X-Fc-Stateful-Async-Invocation-Id",
    "X-Fc-Stateful-Async-Invocation-Enable",
    "x-fc-async-task-id",
    "x-fc-async-delay",
    "x-fc-request-id",
    "X-Fc-Account-Id",
    "X-Fc-Code-Checksum",
    "X-Fc-Trace-Id",
    "x-fc-security-token",
    "x-acs-security-token",
    "If-Match",
    "Accept",
    "Content-Encoding",
    "Expect",
  };

  private static final String[] PARAMETERS = {
    "limit", "nextToken", "prefix", "startKey", "qualifier", "status", "startedTimeBegin", "tags",
  };

  private static final String[] SEGMENTS = {
    "",
    ".",
    "..",
    "%2e%2e",
    "%2F",
    "a%2Fb",
    "%",
    "%zz",
    "%00",
    "%ff",
    "$fc3",
    "%24fc3",
    "default",
    "LATEST",
    "default.1",
    "default.",
    ".live",
    "1",
    "0",
    "-1",
    "echo",
    "made",
    "a%20b",
    "a+b",
    ";",
  };

  private FcMutations() {}

  /** Spoils what is signed afterwards. */
  static void beforeSigning(FcDraft draft, ObjectNode tree, Random random) {
    switch (random.nextInt(tree == null ? 7 : 12)) {
      case 0 -> path(draft, random);
      case 1, 2 -> query(draft, random);
      case 3, 4 ->
          draft.headers.add(new Pair(Spoil.any(HEADERS, random), Spoil.headerText(random)));
      case 5 -> headers(draft, random);
      case 6 -> draft.chunks = Spoil.chunks(random);
      case 7 -> draft.body = Spoil.bytes(draft.body, random);
      case 8 -> draft.body = Spoil.odd(draft.body, random);
      default -> {
        Spoil.tree(tree, random);
        draft.body = Spoil.text(tree, random).getBytes(UTF_8);
      }
    }
    if (random.nextInt(30) == 0) {
      draft.method = Spoil.method(random);
    }
    if (random.nextInt(40) == 0) {
      draft.signedAt = draft.signedAt.plusSeconds(random.nextInt(4_000) - 2_000);
    }
  }

  private static void path(FcDraft draft, Random random) {
    String[] segments = draft.path.split("/", -1);
    int at = 1 + random.nextInt(segments.length - 1);
    switch (random.nextInt(6)) {
      case 0 -> segments[at] = FcDraft.encode(Spoil.text(random));
      case 1 -> segments[at] = segments[at] + "/" + Spoil.any(SEGMENTS, random);
      case 2 -> segments = Arrays.copyOf(segments, Math.max(2, segments.length - 1));
      case 3 -> segments[at] = "%" + "%02x".formatted((int) 'a') + segments[at];
      default -> segments[Math.max(at, 2) % segments.length] = Spoil.any(SEGMENTS, random);
    }
    String path = String.join("/", segments);
    draft.path = path.startsWith("/") ? path : "/" + path;
  }

  private static void query(FcDraft draft, Random random) {
    if (draft.query.isEmpty() || random.nextInt(4) == 0) {
      String name = random.nextInt(4) == 0 ? Spoil.text(random) : Spoil.any(PARAMETERS, random);
      for (int i = random.nextInt(8) == 0 ? random.nextInt(150) : 0; i >= 0; i--) {
        draft.query.add(new Pair(name, Spoil.text(random)));
      }
      return;
    }
    int at = random.nextInt(draft.query.size());
    Pair pair = draft.query.get(at);
    switch (random.nextInt(4)) {
      case 0 -> draft.query.remove(at);
      case 1 -> draft.query.add(pair);
      default -> draft.query.set(at, new Pair(pair.name(), Spoil.text(random)));
    }
  }

  private static void headers(FcDraft draft, Random random) {
    if (draft.headers.isEmpty()) {
      draft.headers.add(new Pair("Content-Type", Spoil.contentType(random)));
      return;
    }
    int at = random.nextInt(draft.headers.size());
    Pair header = draft.headers.get(at);
    if (random.nextInt(3) == 0) {
      draft.headers.remove(at);
    } else {
      boolean type = header.name().equals("Content-Type");
      String value = type ? Spoil.contentType(random) : Spoil.headerText(random);
      draft.headers.set(at, new Pair(header.name(), value));
    }
  }

  /** Changes something that was signed, so that the signature is none of this request any more. */
  static void behindSignature(FcDraft draft, Wired wired, Random random) {
    int last = wired.headers.size() - 1;
    String value = wired.headers.get(last).value();
    boolean acs3 = draft.signing == FcDraft.Signing.ACS3;
    switch (random.nextInt(9)) {
      case 0 -> wired.target = wired.target.replaceFirst("(?=\\?|$)", "x"); // in the path
      case 1 -> wired.method = wired.method.equals("GET") ? "DELETE" : "GET";
      case 2 -> {
        if (acs3 || (draft.digest && draft.signing == FcDraft.Signing.ACS)) {
          wired.body = Arrays.copyOf(wired.body, wired.body.length + 1);
        } else {
          wired.method = "PATCH";
        }
      }
      case 3 -> {
        boolean acs = draft.signing != FcDraft.Signing.FC;
        String more = wired.target.contains("?") ? "&forged=1" : "?forged=1";
        wired.target = acs ? wired.target + more : wired.target.replaceFirst("/20", "/21");
      }
      case 4 -> {
        String prefix = acs3 || draft.signing == FcDraft.Signing.ACS ? "x-acs-date" : "x-fc-forged";
        wired.headers.add(last, new Pair(prefix, "2026-01-01T00:00:00Z"));
      }
      case 5 -> authorization(wired, last, value.replaceFirst(" [^ ,:]*[,:]", " nobody:"));
      case 6 -> authorization(wired, last, value.substring(0, random.nextInt(value.length() - 1)));
      case 7 ->
          authorization(
              wired, last, value.startsWith("FC ") ? "acs" + value.substring(2) : "FC" + value);
      default -> {
        int digit = value.length() - 2 - random.nextInt(20);
        char other = value.charAt(digit) == '0' ? '1' : '0';
        authorization(wired, last, value.substring(0, digit) + other + value.substring(digit + 1));
      }
    }
  }

  private static void authorization(Wired wired, int at, String value) {
    wired.headers.set(at, new Pair("Authorization", value));
  }
}
