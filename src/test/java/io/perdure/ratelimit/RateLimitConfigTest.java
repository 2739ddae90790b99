package io.perdure.ratelimit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.config.Problems;
import io.perdure.config.Settings;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RateLimitConfigTest {
  private final Problems problems = new Problems();

  @ParameterizedTest
  @CsvSource({
    "scf, GetAsyncEventStatus, 20",
    "scf, Invoke, 100",
    "scf, InvokeFunction, 10000",
    "fc, InvokeFunction, 0",
    "native, submit, 0"
  })
  void defaultsAreThoseOfTheCloudAndNoneElsewhere(String dialect, String action, int rate) {
    assertEquals(rate, read(Map.of()).perSecond(dialect, action));
  }

  @Test
  void ratesThatAreGivenReplaceTheDefaults() {
    RateLimitConfig config = read(Map.of("rate-limit.rates", "fc.*=7,native.submit=3"));
    assertEquals(List.of(), problems.messages());
    assertEquals(7, config.perSecond("fc", "InvokeFunction"));
    assertEquals(3, config.perSecond("native", "submit"));
    assertEquals(0, config.perSecond("scf", "Invoke"));
  }

  @Test
  void wrongRateIsAProblemThatShowsTheForm() {
    read(Map.of("rate-limit.rates", "scf.Invoke"));
    assertTrue(problems.toString().contains("each like scf.Invoke=100"), problems::toString);
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

  private RateLimitConfig read(Map<String, String> set) {
    return new Settings(problems)
        .set(set)
        .read(root -> RateLimitConfig.read(root.section("rate-limit")));
  }
}
