package io.perdure.runtime.managed;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.perdure.invocation.RuntimeSpec.Language;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Functions in Python by our own conventions, in real processes. */
@ExtendWith(VertxExtension.class)
class PythonShimTest {
  private LanguageBench python;

  @BeforeEach
  void open(Vertx vertx, @TempDir Path directory) {
    python = new LanguageBench(vertx, directory, Language.PYTHON);
  }

  @AfterEach
  void close() throws Exception {
    python.close();
  }

  @Test
  void jsonIsParsedAndWhatIsReturnedIsJson() throws Exception {
    LanguageBench.Instance instance =
        python
            .spec()
            .file("index.py", "def handler(event, context):", "    return {'sum': sum(event)}")
            .ready();
    assertEquals("{\"sum\": 6}", instance.returns("[1, 2, 3]"));
  }
}
