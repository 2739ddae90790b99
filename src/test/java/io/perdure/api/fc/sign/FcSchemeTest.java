package io.perdure.api.fc.sign;

import static io.perdure.api.fc.sign.Ask.ID;
import static io.perdure.api.fc.sign.Ask.SECRET;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.perdure.api.Received;
import io.vertx.core.MultiMap;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code FC id:signature} in all its variants, and what is refused. */
class FcSchemeTest {
  private static final byte[] BODY = "{}".getBytes(UTF_8);
  private static final String DATE = "Sat, 31 Jan 2026 08:00:00 GMT";
  private static final String PATH = "/2021-04-06/services/s/functions/f";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // on the wire | signed
        PATH + " | " + PATH,
        PATH + "?limit=5 | " + PATH,
        PATH + "/a%20b?limit=5 | " + PATH + "/a b",
        PATH + "/a%20b?limit=5 | " + PATH + "/a%20b",
        PATH + "?prefix=a%20b&limit=5 | " + PATH + "#limit=5#prefix=a b",
        PATH + "?prefix=a+b | " + PATH + "#prefix=a b",
        PATH + "?prefix=a+b | " + PATH + "#prefix=a+b",
        PATH + "?prefix= | " + PATH + "#prefix=",
        PATH + "?prefix | " + PATH + "#prefix",
        PATH + "?prefix | " + PATH + "#prefix=",
        PATH + "?a=1&a-b=2 | " + PATH + "#a-b=2#a=1", // by lines, not by names
        PATH + "/a%20b?limit=5 | " + PATH + "/a b#limit=5",
        PATH + "/a%20b?limit=5 | " + PATH + "/a%20b#limit=5",
        PATH + "/a%20b | " + PATH + "/a b#",
        PATH + "/a%20b | " + PATH + "/a%20b#",
        PATH + "/%E6%9C%AA | " + PATH + "/æ\u009cª", // its bytes
      })
  void allVariantsOfTheResourceAreAccepted(String wire, String resource) {
    ask("GET " + wire).signFc(ID, SECRET, resource.replace('#', '\n')).accepted();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        PATH + "?limit=5 | " + PATH + "#limit=6",
        PATH + "?limit=5 | " + PATH + "#limit=5#limit=5",
        PATH + "?limit=5 | " + PATH + "?limit=5",
        PATH + "?limit=5 | " + PATH + "#",
        PATH + " | " + PATH + "/",
        PATH + "/a%2520b | " + PATH + "/a b", // decoded once
        PATH + " | ''",
      })
  void otherResourcesAreNotSigned(String wire, String resource) {
    ask("GET " + wire)
        .signFc(ID, SECRET, resource.replace('#', '\n'))
        .refused(403, "SignatureNotMatch");
  }

  @Test
  void everySchemeIsForEveryGeneration() {
    for (String generation : List.of("2016-08-15", "2021-04-06", "2023-03-30")) {
      Ask fc = ask("GET /" + generation + "/functions");
      fc.signFc(ID, SECRET, fc.path).accepted();
      Ask acs = ask("GET /" + generation + "/functions").with("x-acs-version", "any");
      acs.signAcs(ID, SECRET, acs.path).accepted();
      Ask.acs3("GET /" + generation + "/functions", BODY, "n").accepted();
    }
  }

  @Test
  void changedPartIsRefused() {
    Ask method = invoke();
    method.method = "PUT";
    method.refused(403, "SignatureNotMatch");
    for (String header :
        List.of("content-type", "x-fc-invocation-type", "x-fc-account-id", "content-md5")) {
      invoke().with(header, "another").refused(403, "SignatureNotMatch");
      Ask absent = invoke();
      absent.headers.remove(header);
      absent.refused(403, "SignatureNotMatch");
    }
    invoke().with("x-fc-another", "").refused(403, "SignatureNotMatch");
    invoke().with("date", "Sat, 31 Jan 2026 08:00:01 GMT").refused(403, "SignatureNotMatch");
  }

  @Test
  void everyCharacterOfPathAndSignatureCounts() {
    String path = invoke().path;
    for (int i = 1; i < path.length(); i++) {
      Ask ask = invoke();
      ask.path = swapped(path, i);
      ask.refused(403, "SignatureNotMatch");
    }
    String right = invoke().headers.get("authorization");
    for (int i = "FC testid:".length(); i < right.length(); i++) {
      invoke().with("authorization", swapped(right, i)).refused(403, "SignatureNotMatch");
    }
    invoke().with("authorization", right.replace("=", "")).refused(403, "SignatureNotMatch");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "none", "AAAA", "99914b932bd37a50b983c5e7c90ae93b"})
  void digestIsSignedAndNotComparedWithTheBody(String text) {
    signed(ask("POST " + PATH).with("content-md5", text)).body("[]".getBytes(UTF_8)).accepted();
    signed(ask("POST " + PATH).with("content-md5", text))
        .with("content-md5", "another")
        .refused(403, "SignatureNotMatch");
  }

  @ParameterizedTest
  @ValueSource(strings = {"FC", "FC ", "FC :", "FC testid", "FC testid:", "FC :abc", "fc a:b"})
  void malformedAuthorizationIsRefused(String text) {
    ask("GET " + PATH).with("authorization", text).refused(400, "InvalidArgument");
  }

  @Test
  void nonsenseForASignatureIsAWrongSignature() {
    for (String text : List.of("FC testid:x", "FC testid:a:b", "FC testid:%%%", "acs testid:-")) {
      ask("GET " + PATH).with("authorization", text).refused(403, "SignatureNotMatch");
    }
    ask("GET " + PATH).with("authorization", "FC nobody:x").refused(403, "InvalidAccessKeyID");
  }

  @Test
  void schemesAreNotMistakenForEachOther() {
    Ask ask = invoke();
    String fc = ask.headers.get("authorization");
    ask.with("authorization", fc.replace("FC ", "acs ")).refused(403, "SignatureNotMatch");
  }

  @Test
  void headersGivenTwiceAreRefused() {
    for (String name : List.of("Date", "Content-Type", "Content-MD5", "Authorization")) {
      Ask ask = invoke();
      MultiMap headers = ask.multi().add(name, ask.multi().get(name));
      Ask.refused(400, "InvalidArgument", Ask.judge(), received(ask, headers));
    }
    Ask ask = invoke();
    MultiMap headers = ask.multi().add("X-FC-Invocation-Type", "Sync");
    Ask.refused(403, "SignatureNotMatch", Ask.judge(), received(ask, headers));
  }

  @Test
  void absentDateIsMissing() {
    Ask ask = invoke();
    ask.headers.remove("date");
    assertEquals(
        "required HTTP header Date was not specified", ask.refused(400, "MissingRequiredHeader"));
  }

  @Test
  void pathThatCannotBeDecodedIsRefused() {
    for (String tail : List.of("%", "%4", "%zz", "%ff")) {
      Ask ask = ask("GET " + PATH + tail);
      ask.signFc(ID, SECRET, ask.path).refused(400, "InvalidArgument");
    }
  }

  private static Ask invoke() {
    return signed(
        ask("POST " + PATH + "/invocations")
            .body(BODY)
            .with("content-md5", FcSigner.md5(BODY))
            .with("content-type", "application/octet-stream")
            .with("x-fc-account-id", Ask.DEV.id())
            .with("x-fc-invocation-type", "Async"));
  }

  private static Ask signed(Ask ask) {
    return ask.signFc(ID, SECRET, ask.path);
  }

  private static Ask ask(String line) {
    return new Ask(line).with("date", DATE);
  }

  private static Received received(Ask ask, MultiMap headers) {
    return new Received(ask.method, ask.path, ask.query, headers, ask.body);
  }

  private static String swapped(String text, int i) {
    return text.substring(0, i) + (text.charAt(i) == 'A' ? 'B' : 'A') + text.substring(i + 1);
  }
}
