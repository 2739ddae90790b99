package io.perdure.invocation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.invocation.Function.Flavour;
import io.perdure.invocation.RuntimeSpec.Language;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RuntimeNamesTest {
  @ParameterizedTest
  @CsvSource({
    "SCF, Python3.6, PYTHON",
    "SCF, Python3.10, PYTHON",
    "SCF, Nodejs12.16, NODEJS",
    "SCF, Nodejs18.15, NODEJS",
    "SCF, Java8, JAVA",
    "SCF, Java11, JAVA",
    "SCF, CustomRuntime, CUSTOM_API",
    "FC2, python3, PYTHON",
    "FC2, nodejs6, NODEJS",
    "FC2, custom, CUSTOM_HTTP",
    "FC3, python3.12, PYTHON",
    "FC3, nodejs20, NODEJS",
    "FC3, java8, JAVA",
    "FC3, custom.debian10, CUSTOM_HTTP",
    "NATIVE, python3, PYTHON",
    "NATIVE, nodejs, NODEJS",
    "NATIVE, java17, JAVA",
    "NATIVE, custom, CUSTOM_API",
    "NATIVE, custom-http, CUSTOM_HTTP",
    "NATIVE, web, WEB",
  })
  void namesStandForLanguages(Flavour flavour, String name, Language language) {
    assertEquals(Optional.of(language), RuntimeNames.languageOf(name, flavour));
  }

  @ParameterizedTest
  @CsvSource({
    "SCF, Python2.7, use Python3.9",
    "FC3, python2.7, use python3.9",
    "SCF, Go1, use CustomRuntime",
    "SCF, Php7, use CustomRuntime",
    "FC2, php7.2, use custom",
    "FC3, custom-container, function of kind http",
    "SCF, CustomImage, function of kind http",
    "SCF, custom, CustomRuntime",
    "NATIVE, cobol, python3",
    "NATIVE, '', python3",
  })
  void otherNamesAreRefusedWithWhatToUseInstead(Flavour flavour, String name, String instead) {
    assertEquals(Optional.empty(), RuntimeNames.languageOf(name, flavour));
    String refusal = RuntimeNames.refusal(name, flavour);
    assertTrue(refusal.contains("\"" + name + "\"") && refusal.contains(instead), refusal);
  }
}
