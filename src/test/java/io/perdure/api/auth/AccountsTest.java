package io.perdure.api.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.perdure.api.auth.Accounts.Credential;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AccountsTest {
  private static final AccessKey KEY = new AccessKey("AKID", "very-secret");
  private static final Account DEV = new Account("1", "dev", List.of(KEY));
  private static final Account OPS = new Account("2", "ops", List.of());

  private final Accounts accounts =
      Accounts.builder().add(DEV, List.of("dev-token")).add(OPS, List.of("ops-token")).build();

  @Test
  void tokenFindsItsAccount() {
    assertEquals(Optional.of(DEV), accounts.byToken("dev-token"));
    assertEquals(Optional.of(OPS), accounts.byToken("ops-token"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "dev-toke", "dev-token ", "DEV-TOKEN", "very-secret", "\ud800"})
  void otherTokenFindsNothing(String token) {
    assertEquals(Optional.empty(), accounts.byToken(token));
  }

  @Test
  void endlessTokenFindsNothing() {
    assertEquals(Optional.empty(), accounts.byToken("x".repeat(1 << 20)));
  }

  @Test
  void longestTokenOfAFileIsFound() {
    String token = "x".repeat(500) + "=".repeat(12);
    var found = Accounts.builder().add(DEV, List.of(token)).build().byToken(token);
    assertEquals(Optional.of(DEV), found);
  }

  @Test
  void keyIdFindsKeyAndAccount() {
    assertEquals(Optional.of(new Credential(DEV, KEY)), accounts.byKeyId("AKID"));
    assertEquals(Optional.empty(), accounts.byKeyId("akid"));
  }

  @Test
  void idFindsItsAccount() {
    assertEquals(Optional.of(OPS), accounts.byId("2"));
    assertEquals(Optional.empty(), accounts.byId("3"));
  }

  @Test
  void accountsKeepTheirOrder() {
    assertEquals(List.of(DEV, OPS), accounts.all());
  }

  @Test
  void credentialOfTwoAccountsIsRefusedWithoutBeingShown() {
    var builder = Accounts.builder().add(DEV, List.of("dev-token"));
    var thrown =
        assertThrows(IllegalArgumentException.class, () -> builder.add(OPS, List.of("dev-token")));
    assertEquals("token is given twice", thrown.getMessage());
  }

  @Test
  void noAccountAtAllIsRefused() {
    assertThrows(IllegalStateException.class, () -> Accounts.builder().build());
  }

  @Test
  void noToStringShowsASecretOrToken() {
    String all = accounts + " " + accounts.all() + " " + accounts.byKeyId("AKID") + " " + KEY;
    assertFalse(all.contains("very-secret"), all);
    assertFalse(all.contains("token"), all);
  }
}
