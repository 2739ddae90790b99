package io.perdure.api.fc.sdk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;

/**
 * What the SDKs of a version offer, in any language: the lists in {@code
 * src/test/resources/fc/operations}. {@code .ci/fc} holds them against the SDKs for Node.js, and
 * the tests here against those for Java.
 */
public final class SdkOperations {
  private static final Path LISTS = Path.of("src/test/resources/fc/operations");

  private SdkOperations() {}

  /** Names of the operations of a version, such as {@code 2021-04-06}. */
  public static Set<String> of(String version) throws IOException {
    return new TreeSet<>(Files.readAllLines(LISTS.resolve(version + ".txt")));
  }

  /** Names of all operations. */
  public static Set<String> all() throws IOException {
    Set<String> all = of("2016-08-15");
    all.addAll(of("2021-04-06"));
    all.addAll(of("2023-03-30"));
    return all;
  }
}
