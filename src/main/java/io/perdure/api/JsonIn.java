package io.perdure.api;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;

/**
 * Reads JSON of callers who may send anything: no name twice in an object, no nesting that could
 * overflow a stack, and nothing of the text in messages. Bodies are bounded as a whole, so a string
 * may be as long as one: a code package is.
 */
public final class JsonIn {
  private static final int DEPTH_MAX = 64;

  /** Makes parsers. */
  public static final JsonFactory FACTORY =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(DEPTH_MAX)
                  .maxStringLength(Integer.MAX_VALUE)
                  .build())
          .build();

  /** Makes trees of what such a parser reads. */
  public static final JsonMapper TREE = JsonMapper.builder(FACTORY).build();

  private JsonIn() {}
}
