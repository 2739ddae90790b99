package io.perdure.runtime.managed.shim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.invocation.Function.Flavour;
import io.perdure.invocation.RunError.Kind;
import io.perdure.invocation.RuntimeSpec.Language;
import io.perdure.runtime.managed.Conversation.Answer.Raised;
import io.perdure.runtime.managed.StartFailure;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The server's own side of the conversation with the shims of Node.js and Java. */
@ExtendWith(VertxExtension.class)
class ShimLanguagesTest {
  private final List<LanguageBench> benches = new ArrayList<>();
  private Vertx vertx;
  @TempDir Path directory;

  @BeforeEach
  void open(Vertx vertx) {
    this.vertx = vertx;
  }

  @AfterEach
  void close() throws Exception {
    for (LanguageBench bench : benches) {
      bench.close();
    }
  }

  private LanguageBench.Spec spec(Language language) {
    LanguageBench bench = new LanguageBench(vertx, directory, language);
    benches.add(bench);
    return bench.spec();
  }

  @Test
  void nodeAnswersAndNamesItsErrors() throws Exception {
    LanguageBench.Instance node =
        spec(Language.NODEJS)
            .flavour(Flavour.FC3)
            .file(
                "index.js",
                "exports.handler = (event, context, callback) => {",
                "  if (event.length === 0) throw new TypeError('no event');",
                "  if (`${event}` === 'told') return callback('told so');",
                "  callback(null, { function: context.function.name, event: event.toString() });",
                "};")
            .ready();
    assertEquals("{\"function\":\"fn\",\"event\":\"hello\"}", node.returns("hello"));
    Raised raised = node.raises("");
    assertEquals("TypeError", raised.error().type());
    assertEquals(Kind.FUNCTION, raised.error().kind());
    Raised told = node.raises("told");
    assertTrue(told.error().handled());
    assertEquals("told so", LanguageBench.json(told).getString("errorMessage"));
    assertNull(LanguageBench.json(told).getString("errorType"));
  }

  @Test
  void errorNobodyCaughtMakesTheInstanceUnusable() throws Exception {
    LanguageBench.Instance node =
        spec(Language.NODEJS)
            .file(
                "index.js",
                "exports.handler = () => new Promise(() => setTimeout(() => { throw 1; }, 1));")
            .ready();
    assertTrue(node.raises("1").fatal());
    assertEquals(1, node.exitCode());
  }

  @Test
  void javaAnswersAndNamesItsErrors() throws Exception {
    LanguageBench.Spec spec = spec(Language.JAVA).handler("App::handle");
    JavaShims.compile(
        directory.resolve("code-0"),
        List.of(),
        """
        public class App {
          public String handle(String event) {
            if (event.isEmpty()) throw new IllegalArgumentException("no event");
            return event + System.getProperty("java.io.tmpdir");
          }
        }
        """);
    LanguageBench.Instance java = spec.ready();
    assertEquals("in " + directory.resolve("work-0"), java.returns("in "));
    Raised raised = java.raises("");
    assertEquals("java.lang.IllegalArgumentException", raised.error().type());
    assertEquals("no event", raised.error().message());
  }

  @Test
  void missingHandlerIsSaidAtTheStart() throws Exception {
    for (Language language : List.of(Language.NODEJS, Language.JAVA)) {
      LanguageBench.Instance instance = spec(language).handler("No::thing.here").start();
      Exception thrown = assertThrows(ExecutionException.class, instance::awaitReady);
      StartFailure failure = assertInstanceOf(StartFailure.class, thrown.getCause());
      assertEquals("HandlerNotFound", failure.error().type(), language::name);
    }
  }
}
