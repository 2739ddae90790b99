package io.perdure.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Compares a file that shows every setting with what the code declares.
 *
 * <p>Holds the shipped file to its promise: each key once, with exactly its default and a comment
 * on its line or on the line above, and no key that the code does not read.
 */
public final class DefaultsFile {
  private DefaultsFile() {}

  /**
   * What the file has wrong, one difference an element; empty when it is right.
   *
   * @param reader reads all config records from the root section
   */
  public static List<String> differences(Path file, Function<Section, ?> reader)
      throws IOException {
    var problems = new Problems();
    var settings = new Settings(problems).file(file);
    settings.read(reader);
    var differences = new ArrayList<>(problems.messages());
    for (Declared setting : settings.declared()) {
      if (!setting.inFile()) {
        differences.add(setting.key() + " is missing; its default is " + setting.defaultJson());
      } else if (!setting.atDefault()) {
        differences.add(setting.key() + " differs from its default " + setting.defaultJson());
      }
    }
    differences.addAll(uncommented(file));
    return differences;
  }

  private static List<String> uncommented(Path file) throws IOException {
    List<String> lines = Files.readAllLines(file);
    var bare = new ArrayList<String>();
    var json = JsonMapper.builder().enable(JsonReadFeature.ALLOW_JAVA_COMMENTS).build();
    try (JsonParser parser = json.createParser(Files.readAllBytes(file))) {
      while (parser.nextToken() != null) {
        if (parser.currentToken() != JsonToken.FIELD_NAME) {
          continue;
        }
        int line = parser.currentTokenLocation().getLineNr();
        String name = parser.currentName();
        boolean group = parser.nextToken() == JsonToken.START_OBJECT;
        if (!group && !commented(lines, line)) {
          bare.add("line " + line + ": " + name + " has no comment");
        }
      }
    }
    return bare;
  }

  private static boolean commented(List<String> lines, int line) {
    String above = line >= 2 ? lines.get(line - 2).strip() : "";
    return above.startsWith("//") || above.endsWith("*/") || lines.get(line - 1).contains(" // ");
  }
}
