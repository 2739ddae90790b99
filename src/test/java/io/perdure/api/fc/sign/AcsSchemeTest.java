package io.perdure.api.fc.sign;

import static io.perdure.api.fc.sign.Ask.ID;
import static io.perdure.api.fc.sign.Ask.SECRET;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code acs id:signature}: what clients sign, and what is refused. */
class AcsSchemeTest {
  private static final String PATH = "/2021-04-06/services";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // on the wire | signed
        PATH + " | " + PATH,
        PATH + "? | " + PATH,
        PATH + "?prefix=a%20b&limit=5 | " + PATH + "?limit=5&prefix=a b",
        PATH + "?prefix=a+b | " + PATH + "?prefix=a b",
        PATH + "?prefix= | " + PATH + "?prefix=", // Node.js
        PATH + "?prefix= | " + PATH + "?prefix", // Java
        PATH + "/a%20b | " + PATH + "/a%20b",
      })
  void pathAndQueryAreSigned(String wire, String resource) {
    ask("GET " + wire).signAcs(ID, SECRET, resource).accepted();
  }

  @Test
  void changedPartIsRefused() {
    for (String header :
        List.of("accept", "content-type", "x-acs-action", "x-acs-signature-nonce", "x-acs-new")) {
      Ask ask = ask("GET " + PATH + "?limit=5");
      ask.signAcs(ID, SECRET, PATH + "?limit=5").with(header, "another");
      ask.refused(403, "SignatureNotMatch");
    }
    Ask query = ask("GET " + PATH + "?limit=6").signAcs(ID, SECRET, PATH + "?limit=5");
    query.refused(403, "SignatureNotMatch");
    Ask method = ask("GET " + PATH).signAcs(ID, SECRET, PATH);
    method.method = "DELETE";
    method.refused(403, "SignatureNotMatch");
  }

  private static Ask ask(String line) {
    return new Ask(line)
        .with("accept", "application/json")
        .with("content-type", "application/json; charset=utf-8")
        .with("date", "Sat, 31 Jan 2026 08:00:00 GMT")
        .with("x-acs-action", "ListServices")
        .with("x-acs-signature-nonce", "n1");
  }
}
