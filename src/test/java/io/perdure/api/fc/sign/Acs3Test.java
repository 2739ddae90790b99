package io.perdure.api.fc.sign;

import static io.perdure.api.fc.sign.Ask.ID;
import static io.perdure.api.fc.sign.Ask.SECRET;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.api.Received;
import io.perdure.api.fc.wire.FcError;
import io.vertx.core.MultiMap;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** ACS3: what clients sign, what is not signed, and what is refused. */
class Acs3Test {
  private static final byte[] BODY = "{\"a\":1}".getBytes(UTF_8);
  private static final byte[] NONE = {};
  private static final String INVOKE = "POST /2023-03-30/functions/demo/invocations";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // on the wire | signed
        "limit=5&prefix=a | limit=5&prefix=a",
        "prefix=a&limit=5 | limit=5&prefix=a",
        "limit= | limit=",
        "limit= | limit", // older clients for Node.js and Go
        "limit | limit=",
        "prefix=a%20b%2f%c3%bc | prefix=a%20b%2F%C3%BC",
        "prefix=a+b | prefix=a%2Bb",
        "prefix=a+b | prefix=a%20b", // Python and Go
        "prefix=a*~b | prefix=a%2A~b",
        "prefix=a%7Eb | prefix=a~b",
        "a=2&a=1 | a=1&a=2",
        "a==&b | a=%3D&b=",
        "&a=1&& | a=1",
        "'' | ''",
      })
  void queryIsSignedDecodedSortedAndEncodedAnew(String wire, String signed) {
    acs3("GET /2023-03-30/functions?" + wire).signAcs3(ID, SECRET, path(), signed).accepted();
  }

  private static String path() {
    return "/2023-03-30/functions";
  }

  @ParameterizedTest
  @CsvSource({
    "/2023-03-30/functions/a+b*%7Ec, /2023-03-30/functions/a%20b%2A~c",
    "/2023-03-30/functions/a+b*%7Ec, /2023-03-30/functions/a+b*%7Ec",
    "/2023-03-30/functions/%e6%9c%aa, /2023-03-30/functions/%e6%9c%aa",
    "/2023-03-30/functions/%, /2023-03-30/functions/%",
  })
  void pathIsSignedAsItIsOnTheWire(String wire, String signed) {
    acs3("GET " + wire).signAcs3(ID, SECRET, signed, "").accepted();
  }

  @Test
  void bodiesOfAnySizeAreSigned() {
    for (int size : new int[] {0, 1, 1 << 20}) {
      Ask.acs3(INVOKE, new byte[size], "n").accepted();
    }
  }

  @Test
  void severalValuesOfASignedHeaderAreSortedAndJoined() {
    Ask ask = acs3("GET /2023-03-30/functions").with("x-acs-extra", "1,2");
    ask.signAcs3(ID, SECRET, ask.path, "");
    MultiMap headers = ask.multi().remove("x-acs-extra").add("x-acs-extra", "2");
    headers.add("x-acs-extra", " 1 ");
    assertEquals(Ask.DEV, Ask.judge().authenticate(received(ask, headers)));
  }

  @Test
  void headersThatAreNotSignedMayBeAnything() {
    for (String name : List.of("x-fc-invocation-type", "x-fc-trace-id", "accept", "date")) {
      Ask ask = Ask.acs3(INVOKE, BODY, "n").with(name, "Async");
      ask.accepted();
      ask.with(name, "Sync").accepted();
    }
  }

  @Test
  void everyByteOfTheFirstLineCounts() {
    String line = INVOKE + "?qualifier=LATEST&limit=1";
    for (int i = 0; i < line.length(); i++) {
      Ask ask = Ask.acs3(line, BODY, "n");
      String forged = swapped(line, i);
      if (" ?".indexOf(line.charAt(i)) >= 0 || forged.startsWith("/")) {
        continue;
      }
      Ask other = new Ask(forged);
      ask.method = other.method;
      ask.path = other.path;
      ask.query = other.query;
      ask.refused(403, "SignatureNotMatch");
    }
  }

  @Test
  void everyByteOfTheBodyCounts() {
    for (int i = 0; i < BODY.length; i++) {
      byte[] forged = BODY.clone();
      forged[i] ^= 1;
      Ask.acs3(INVOKE, BODY, "n").body(forged).refused(403, "SignatureNotMatch");
    }
    Ask.acs3(INVOKE, BODY, "n").body(NONE).refused(403, "SignatureNotMatch");
    Ask.acs3(INVOKE, BODY, "n").body(Arrays.copyOf(BODY, 99)).refused(403, "SignatureNotMatch");
  }

  @Test
  void changedBodyWithItsOwnDigestIsRefused() {
    Ask.acs3(INVOKE, BODY, "n")
        .body(NONE)
        .with("x-acs-content-sha256", FcSigner.sha256(NONE))
        .refused(403, "SignatureNotMatch");
  }

  @Test
  void everyByteOfASignedHeaderCounts() {
    List<String> names =
        Ask.acs3(INVOKE, BODY, "n").headers.keySet().stream()
            .filter(name -> !name.equals("authorization"))
            .toList();
    for (String name : names) {
      String value = Ask.acs3(INVOKE, BODY, "n").headers.get(name);
      for (int i = 0; i < value.length(); i++) {
        Ask forged = Ask.acs3(INVOKE, BODY, "n").with(name, swapped(value, i));
        FcError error =
            assertThrows(FcError.class, () -> Ask.judge().authenticate(forged.received()));
        boolean time = name.equals("x-acs-date"); // may be none any more, or too far away
        assertTrue(time || error.code().equals("SignatureNotMatch"), error.getMessage());
        assertTrue(error.status() == 403 || error.status() == 400, error.getMessage());
      }
    }
  }

  @Test
  void everyDigitOfTheSignatureCounts() {
    String right = Ask.acs3(INVOKE, BODY, "n").headers.get("authorization");
    for (int i = right.length() - 64; i < right.length(); i++) {
      Ask.acs3(INVOKE, BODY, "n")
          .with("authorization", swapped(right, i))
          .refused(403, "SignatureNotMatch");
    }
    for (String wrong :
        List.of(
            right + "0",
            right.substring(0, right.length() - 1),
            "ACS3-HMAC-SHA256 Credential=testid,SignedHeaders=host;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce,Signature=")) {
      Ask.acs3(INVOKE, BODY, "n").with("authorization", wrong).refused(403, "SignatureNotMatch");
    }
  }

  @Test
  void headerCannotBeTakenOutOfTheSignature() {
    Ask ask = Ask.acs3(INVOKE, BODY, "n");
    String without = ask.headers.get("authorization").replace("content-type;", "");
    ask.with("authorization", without).refused(403, "SignatureNotMatch");
  }

  @ParameterizedTest
  @ValueSource(strings = {"host", "x-acs-content-sha256", "x-acs-date"})
  void neededHeaderMustBeThereOnceAndSigned(String name) {
    Ask absent = acs3("GET /2023-03-30/functions");
    absent.headers.remove(name);
    absent.signAcs3(ID, SECRET, absent.path, "");
    assertEquals(
        "required HTTP header " + name + " was not specified",
        absent.refused(400, "MissingRequiredHeader"));

    Ask unsigned = acs3("GET /2023-03-30/functions");
    String value = unsigned.headers.remove(name);
    unsigned.signAcs3(ID, SECRET, unsigned.path, "").with(name, value);
    assertTrue(unsigned.refused(400, "InvalidArgument").contains(name));

    Ask twice = Ask.acs3(INVOKE, BODY, "n");
    MultiMap headers = twice.multi().add(name, twice.headers.get(name));
    Ask.refused(400, "InvalidArgument", Ask.judge(), received(twice, headers));
  }

  @Test
  void signedHeaderThatIsNotThereIsNamed() {
    Ask ask = Ask.acs3(INVOKE, BODY, "n");
    ask.headers.remove("content-type");
    assertTrue(ask.refused(400, "MissingRequiredHeader").contains("content-type"));
  }

  @Test
  void nonceThatIsSentMustBeSigned() {
    Ask ask = acs3("GET /2023-03-30/functions");
    ask.headers.remove("x-acs-signature-nonce");
    ask.signAcs3(ID, SECRET, ask.path, "").accepted();
    ask.with("x-acs-signature-nonce", "n").refused(400, "InvalidArgument");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "ACS3-HMAC-SHA256",
        "ACS3-HMAC-SHA256 ",
        "ACS3-HMAC-SHA1 C,H,S",
        "ACS3-HMAC-SM3 C,H,S",
        "Bearer abc",
        "ACS3-HMAC-SHA256 C",
        "ACS3-HMAC-SHA256 C,H",
        "ACS3-HMAC-SHA256 C,H,S,",
        "ACS3-HMAC-SHA256 H,C,S",
        "ACS3-HMAC-SHA256 C H S",
        "ACS3-HMAC-SHA256 C,SignedHeaders=,S",
        "ACS3-HMAC-SHA256 C,SignedHeaders=;,S",
        "ACS3-HMAC-SHA256 C,SignedHeaders=host,S",
        "ACS3-HMAC-SHA256 C,SignedHeaders=host;Host,S",
      })
  void malformedAuthorizationIsRefused(String form) {
    String text =
        form.replaceAll("\\bC\\b", "Credential=testid")
            .replaceAll("\\bH\\b", "SignedHeaders=host;x-acs-date;x-acs-content-sha256")
            .replaceAll("\\bS\\b", "Signature=00");
    acs3(INVOKE).with("authorization", text).refused(400, "InvalidArgument");
  }

  @ParameterizedTest
  @ValueSource(strings = {",", ", ", " ,\t"})
  void blanksAroundTheCommasAndBehindTheSchemeWillDo(String comma) {
    Ask ask = Ask.acs3(INVOKE, BODY, "n");
    String text = ask.headers.get("authorization").replace(",", comma).replace("256 C", "256  C");
    ask.with("authorization", " " + text + " ").accepted();
  }

  @Test
  void absentAuthorizationIsMissingAndARepeatedOneRefused() {
    assertEquals(
        "required HTTP header Authorization was not specified",
        acs3(INVOKE).refused(400, "MissingRequiredHeader"));
    Ask twice = Ask.acs3(INVOKE, BODY, "n");
    MultiMap headers = twice.multi().add("Authorization", twice.headers.get("authorization"));
    Ask.refused(400, "InvalidArgument", Ask.judge(), received(twice, headers));
  }

  @Test
  void endlessTextsAreRefused() {
    Ask ask = Ask.acs3(INVOKE, BODY, "n");
    String right = ask.headers.get("authorization");
    ask.with("authorization", right.replace(",", " ".repeat(3_000) + ","));
    ask.refused(400, "InvalidArgument");
    ask.with("authorization", right.replace("content-type", "a;b".repeat(60)));
    ask.refused(400, "InvalidArgument");
    acs3("GET /2023-03-30/functions?" + "a&".repeat(200))
        .signAcs3(ID, SECRET, path(), "")
        .refused(400, "InvalidArgument");
  }

  @ParameterizedTest
  @ValueSource(strings = {"%", "a=%", "a=%4", "a=%zz", "%ff=1", "a=%c3"})
  void queryThatCannotBeDecodedIsRefused(String query) {
    acs3("GET /2023-03-30/functions?" + query)
        .signAcs3(ID, SECRET, path(), query)
        .refused(400, "InvalidArgument");
  }

  @Test
  void unknownKeyIsToldAsSuch() {
    for (String id : List.of("nobody", "testid2", "TESTID", "x".repeat(1_000))) {
      acs3(INVOKE).signAcs3(id, SECRET, "/", "").refused(403, "InvalidAccessKeyID");
    }
    acs3(INVOKE).signAcs3("otherid", SECRET, path(), "").refused(403, "SignatureNotMatch");
  }

  @Test
  void headerBeyondAsciiIsSignedByItsBytes() {
    Ask ask = acs3("GET /2023-03-30/functions");
    ask.with("x-acs-note", new String("未".getBytes(UTF_8), ISO_8859_1));
    ask.signAcs3(ID, SECRET, ask.path, "").accepted();
  }

  @Test
  void noRefusalShowsTheSecret() {
    Ask ask = Ask.acs3(INVOKE, BODY, "n").body(NONE);
    FcError error = assertThrows(FcError.class, () -> Ask.judge().authenticate(ask.received()));
    assertTrue(!error.toString().contains(SECRET) && error.getStackTrace().length == 0);
  }

  private static Ask acs3(String line) {
    Ask ask = Ask.acs3(line, NONE, "n");
    ask.headers.remove("authorization");
    return ask;
  }

  private static Received received(Ask ask, MultiMap headers) {
    return new Received(ask.method, ask.path, ask.query, headers, ask.body);
  }

  /** The text with another character at {@code i}, of the same kind if it is a digit. */
  private static String swapped(String text, int i) {
    return text.substring(0, i) + (text.charAt(i) == '1' ? '2' : '1') + text.substring(i + 1);
  }
}
