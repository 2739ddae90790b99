package io.perdure.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.api.auth.AccessKey;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class SignedTest {
  private static final String[] IDS = {"one", "two"};

  private final Signed signed = new Signed(9000, new AccessKey("id", "secret", null, null));

  @Test
  void noNonceIsUsedTwice() {
    Set<String> nonces = new HashSet<>();
    for (byte[] request : signed.fc("echo", IDS, 100)) {
      Matcher nonce =
          Pattern.compile("x-acs-signature-nonce: (\\S+)").matcher(new String(request, US_ASCII));
      assertTrue(nonce.find());
      nonces.add(nonce.group(1));
    }

    assertEquals(100, nonces.size());
  }

  @Test
  void idsAreAskedForInTurn() {
    List<byte[]> requests = signed.scf(IDS, 3);

    assertTrue(new String(requests.get(1), US_ASCII).endsWith("{\"InvokeRequestId\":\"two\"}"));
    assertTrue(new String(requests.get(2), US_ASCII).endsWith("{\"InvokeRequestId\":\"one\"}"));
  }
}
