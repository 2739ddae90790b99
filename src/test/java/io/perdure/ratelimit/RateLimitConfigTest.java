package io.perdure.ratelimit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RateLimitConfigTest {
  @ParameterizedTest
  @CsvSource({
    "scf, GetAsyncEventStatus, 20",
    "scf, Invoke, 100",
    "scf, InvokeFunction, 10000",
    "fc, InvokeFunction, 0",
    "native, submit, 0"
  })
  void defaultsAreThoseOfTheCloudAndNoneElsewhere(String dialect, String action, int rate) {
    assertEquals(rate, RateLimitConfig.defaults().perSecond(dialect, action));
  }

  @Test
  void defaultsAreWellFormed() {
    assertTrue(RateLimitConfig.areRates(RateLimitConfig.RATES_DEFAULT));
  }

  @Test
  void laterRateOfTheSameActionWins() {
    assertEquals(2, RateLimitConfig.rates(List.of("fc.*=1", "fc.*=2")).get("fc.*"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "scf.Invoke",
        "scf=20",
        "Invoke=20",
        "aws.Invoke=1",
        "scf.Invoke=1000001",
        "scf.*=-1"
      })
  void otherTextIsNoRate(String text) {
    assertFalse(RateLimitConfig.areRates(List.of("scf.*=20", text)));
  }
}
