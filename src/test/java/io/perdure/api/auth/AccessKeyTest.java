package io.perdure.api.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class AccessKeyTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final AccessKey PERMANENT = new AccessKey("id", "secret");
  private static final AccessKey TEMPORARY = new AccessKey("id", "secret", "token", NOW);

  @Test
  void permanentKeyTakesNoToken() {
    assertTrue(PERMANENT.accepts(null, NOW));
    assertTrue(PERMANENT.accepts("", NOW));
    assertFalse(PERMANENT.accepts("token", NOW));
  }

  @Test
  void temporaryKeyTakesItsTokenUntilItExpires() {
    assertTrue(TEMPORARY.accepts("token", NOW.minusMillis(1)));
    assertFalse(TEMPORARY.accepts("token", NOW));
    assertFalse(TEMPORARY.accepts("other", NOW.minusMillis(1)));
    assertFalse(TEMPORARY.accepts(null, NOW.minusMillis(1)));
  }

  @Test
  void onlyWhatHasATokenExpires() {
    assertThrows(IllegalArgumentException.class, () -> new AccessKey("id", "secret", null, NOW));
  }

  @Test
  void textShowsNeitherSecretNorToken() {
    assertEquals("AccessKey[id=id]", TEMPORARY.toString());
  }
}
