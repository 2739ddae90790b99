package io.perdure.runtime.managed.shim;

import static io.perdure.runtime.Attempts.await;
import static io.perdure.runtime.managed.shim.LanguageBench.json;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.invocation.Function.Flavour;
import io.perdure.invocation.InvocationBuilder;
import io.perdure.invocation.RuntimeSpec.Language;
import io.perdure.runtime.Call;
import io.perdure.runtime.managed.Conversation.Answer.Raised;
import io.perdure.runtime.managed.Conversation.Answer.Returned;
import io.perdure.runtime.managed.shim.LanguageBench.Instance;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Function Compute's documentation promises functions in Python, in real processes. */
@ExtendWith(VertxExtension.class)
class PythonFcTest {
  private LanguageBench python;

  @BeforeEach
  void open(Vertx vertx, @TempDir Path directory) {
    python = new LanguageBench(vertx, directory, Language.PYTHON);
  }

  @AfterEach
  void close() throws Exception {
    python.close();
  }

  private LanguageBench.Spec handler(Flavour flavour, String... body) {
    return python
        .spec()
        .flavour(flavour)
        .file("index.py", "def handler(event, context):", "    " + String.join("\n    ", body));
  }

  @Test
  void eventIsBytes() throws Exception {
    Instance instance = handler(Flavour.FC3, "return type(event).__name__").ready();
    assertEquals("bytes", instance.returns("{\"key\": 1}"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {"'text' | text", "b'bytes' | bytes", "{'a': 1} | {\"a\": 1}", "None | null"})
  void textAndBytesAreReturnedAsTheyAreAndOthersAsJson(String value, String expected)
      throws Exception {
    assertEquals(expected, handler(Flavour.FC3, "return " + value).ready().returns("{}"));
  }

  @Test
  void contextHasTheDocumentedAttributes() throws Exception {
    Instance instance =
        handler(
                Flavour.FC2,
                "import json",
                "c = context",
                "f, s, k = c.function, c.service, c.credentials",
                "c.logger.info('by the logger')",
                "return json.dumps([f.name, f.handler, f.memory, f.timeout, s.name,",
                "    s.log_project, s.log_store, s.qualifier, s.version_id, c.region,",
                "    c.account_id, k.access_key_id, k.access_key_secret, k.security_token,",
                "    c.tracing is not None])")
            .env("ALIBABA_CLOUD_ACCESS_KEY_ID", "id")
            .env("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "secret")
            .env("ALIBABA_CLOUD_SECURITY_TOKEN", "token")
            .ready();
    JsonArray expected =
        new JsonArray()
            .add("fn")
            .add("index.handler")
            .add(256)
            .add(60)
            .add("default")
            .add("")
            .add("")
            .add("LATEST")
            .add("LATEST")
            .add("cn-hangzhou")
            .add("1234567890123456")
            .add("id")
            .add("secret")
            .add("token")
            .add(true);
    assertEquals(expected, new JsonArray(instance.bytes("{}")));
    assertTrue(instance.output().contains("[INFO] by the logger"), instance.output());
  }

  @Test
  void requestIdIsTheCallersOwnWhenItSentOne() throws Exception {
    Instance instance = handler(Flavour.FC3, "return context.request_id").ready();
    Call plain = instance.call("{}");
    InvocationBuilder builder = plain.invocation().edit();
    builder.requestId = "own-1";
    Call own = LanguageBench.of(plain, builder.build());
    assertEquals(plain.invocation().id().toString(), text(instance, plain));
    assertEquals("own-1", text(instance, own));
  }

  private static String text(Instance instance, Call call) throws Exception {
    Returned returned = assertInstanceOf(Returned.class, await(instance.send(call)));
    return returned.result().toString(StandardCharsets.UTF_8);
  }

  @Test
  void environmentHasTheDocumentedVariables() throws Exception {
    String[] body = {
      "import json, os",
      "e = os.environ",
      "return json.dumps([e['FC_FUNC_CODE_PATH'] == os.getcwd(), e['FC_FUNCTION_NAME'],",
      "    e['FC_FUNCTION_HANDLER'], e['FC_FUNCTION_MEMORY_SIZE'], e['FC_REGION'],",
      "    e['FC_ACCOUNT_ID'], e['FC_INSTANCE_ID'], e.get('FC_SERVICE_NAME'),",
      "    e.get('FC_QUALIFIER'), e.get('FC_VER_ID'), e.get('FC_FUNCTION_VERSION')])",
    };
    JsonArray common =
        new JsonArray()
            .add(true)
            .add("fn")
            .add("index.handler")
            .add("256")
            .add("cn-hangzhou")
            .add("1234567890123456");
    JsonArray second = common.copy().add("i-0").add("default").add("LATEST").addNull().addNull();
    JsonArray third = common.copy().add("i-1").addNull().addNull().add("LATEST").add("LATEST");
    assertEquals(second, new JsonArray(handler(Flavour.FC2, body).ready().bytes("{}")));
    assertEquals(third, new JsonArray(handler(Flavour.FC3, body).ready().bytes("{}")));
  }

  @Test
  void initializerIsCalledWithTheContextBeforeTheHandler() throws Exception {
    Instance instance =
        python
            .spec()
            .flavour(Flavour.FC2)
            .initializer("index.initialize")
            .file(
                "index.py",
                "name = None",
                "def initialize(context):",
                "    global name",
                "    name = context.function.name + ' ' + context.function.initializer",
                "def handler(event, context):",
                "    return name")
            .ready();
    assertEquals("fn index.initialize", instance.returns("{}"));
  }

  @Test
  void errorIsAnObjectWhoseStackIsAListOfListsOfText() throws Exception {
    Instance instance = handler(Flavour.FC3, "raise Exception('something is wrong')").ready();
    Raised raised = instance.raises("{}");
    JsonObject body = json(raised);
    assertEquals("something is wrong", body.getString("errorMessage"));
    assertEquals("Exception", body.getString("errorType"));
    JsonArray stack = body.getJsonArray("stackTrace");
    assertEquals(1, stack.size());
    JsonArray frame = stack.getJsonArray(0);
    assertTrue(frame.getString(0).matches("File \".*/index.py\""), frame.encode());
    assertEquals("line 2", frame.getString(1));
    assertEquals("in handler", frame.getString(2));
    assertEquals("raise Exception('something is wrong')", frame.getString(3));
  }
}
