package io.perdure.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The JSON file: nested objects, dotted keys, or both, with comments in Java's two forms.
 *
 * <p>Read token by token and not as a tree, so that each value keeps its line and a key given twice
 * is told and not overwritten. An array is a value; what is in it is the type's business.
 */
final class SettingsFile {
  private static final int BYTES_MAX = 1 << 20;

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(JsonReadFeature.ALLOW_JAVA_COMMENTS)
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .build();

  private final Path file;
  private final Problems problems;
  private final Map<String, Given> values = new LinkedHashMap<>();

  private SettingsFile(Path file, Problems problems) {
    this.file = file;
    this.problems = problems;
  }

  /** Every value in the file by its full key; what cannot be read is a problem and left out. */
  static Map<String, Given> read(Path file, Problems problems) {
    var reading = new SettingsFile(file, problems);
    reading.read();
    return reading.values;
  }

  private void read() {
    try (var in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(BYTES_MAX + 1);
      if (bytes.length > BYTES_MAX) {
        problems.add(file + ": expected a file of at most 1 MiB");
        return;
      }
      try (JsonParser parser = JSON.createParser(bytes)) {
        readAll(parser);
      }
    } catch (JsonProcessingException e) {
      problems.add(file + ": not valid JSON" + position(e) + ": " + e.getOriginalMessage());
    } catch (NoSuchFileException e) {
      problems.add(file + ": no such file");
    } catch (AccessDeniedException e) {
      problems.add(file + ": may not be read by this user");
    } catch (IOException e) {
      problems.add(file + ": cannot be read: " + e.getMessage());
    }
  }

  private void readAll(JsonParser parser) throws IOException {
    if (parser.nextToken() != JsonToken.START_OBJECT) {
      problems.add(file + ": expected a JSON object, {\"key\": value, ...}");
      return;
    }
    readObject(parser, "");
    if (parser.nextToken() != null) {
      problems.add(source(parser) + ": expected nothing after the JSON object");
    }
  }

  private void readObject(JsonParser parser, String prefix) throws IOException {
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String key = prefix + parser.currentName();
      String source = source(parser);
      if (parser.nextToken() == JsonToken.START_OBJECT) {
        readObject(parser, key + ".");
      } else {
        put(key, new Given(parser.<JsonNode>readValueAsTree(), true, source));
      }
    }
  }

  private void put(String key, Given given) {
    Given earlier = values.putIfAbsent(key, given);
    if (earlier != null) {
      problems.add(
          key
              + " ("
              + given.source()
              + "): already given in "
              + earlier.source()
              + "; once is enough");
    }
  }

  private String source(JsonParser parser) {
    return file + ", line " + parser.currentTokenLocation().getLineNr();
  }

  private static String position(JsonProcessingException e) {
    var location = e.getLocation();
    return location == null
        ? ""
        : ", line " + location.getLineNr() + ", column " + location.getColumnNr();
  }
}
