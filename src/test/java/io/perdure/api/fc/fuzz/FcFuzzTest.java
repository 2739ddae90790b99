package io.perdure.api.fc.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.perdure.client.PerdureNode;
import io.perdure.testkit.fuzz.Answer;
import io.perdure.testkit.fuzz.Fuzzing;
import io.perdure.testkit.fuzz.Spoil;
import io.perdure.testkit.fuzz.Wired;
import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Spoiled requests against a whole node: whatever comes is answered as the documents say. */
class FcFuzzTest {
  private static final String REQUEST_ID = "X-Fc-Request-Id";
  private static final Set<String> PROPERTIES =
      Set.of("Code", "ErrorCode", "ErrorMessage", "Message", "RequestId");

  /** All there are (spec alibaba-fc, section 4), and those that are decisions of this server. */
  private static final Set<String> DOCUMENTED =
      Set.of(
          "400 InvalidArgument",
          "400 MissingRequiredHeader",
          "400 PathNotSupported",
          "400 EntityTooLarge",
          "400 LimitExceeded",
          "403 AccessDenied",
          "403 SignatureNotMatch",
          "403 InvalidAccessKeyID",
          "403 SignatureNonceUsed",
          "404 ServiceNotFound",
          "404 FunctionNotFound",
          "404 VersionNotFound",
          "404 AliasNotFound",
          "404 TriggerNotFound",
          "404 AsyncConfigNotExists",
          "404 StatefulAsyncInvocationNotFound",
          "404 AsyncTaskNotFound",
          "404 OnDemandConfigNotFound",
          "404 ProvisionConfigNotFound",
          "404 ScalingConfigNotFound",
          "409 StatefulAsyncInvocationAlreadyExists",
          "409 AsyncTaskAlreadyExists",
          "409 ServiceAlreadyExists",
          "409 FunctionAlreadyExists",
          "409 AliasAlreadyExists",
          "409 ServiceNotEmpty",
          "409 ConcurrentUpdateError",
          "412 PreconditionFailed",
          "412 AsyncInvocationStopped",
          "412 CAExited",
          "412 CAFileNotFound",
          "412 CAFilePermission",
          "412 FunctionNotStarted",
          "429 ResourceExhausted",
          "501 NotImplemented",
          "503 ResourceThrottled");

  /** Strict: a body is one object, with no name twice and nothing behind it. */
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private static PerdureNode node;

  @BeforeAll
  static void start() {
    node = PerdureNode.start(Map.of("rate-limit.rates", "fc.*=0"));
    node.function(FcSeeds.FUNCTION).returns("{}");
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @Test
  void whateverComesIsAnsweredAsDocumented() throws Exception {
    Fuzzing fuzzing = new Fuzzing(node.baseUri().getPort(), new Answers());
    fuzzing.run();
    fuzzing.reached("success", "http 400");
    fuzzing.reached("400 MissingRequiredHeader", "400 InvalidArgument", "400 PathNotSupported");
    fuzzing.reached("403 SignatureNotMatch", "403 InvalidAccessKeyID", "403 AccessDenied");
    fuzzing.reached("403 SignatureNonceUsed", "404 ServiceNotFound", "404 FunctionNotFound");
    fuzzing.reached("404 StatefulAsyncInvocationNotFound", "404 AsyncTaskNotFound");
    fuzzing.reached("409 StatefulAsyncInvocationAlreadyExists", "409 FunctionAlreadyExists");
  }

  /** What this API is asked, and how it answers. */
  private static final class Answers implements Fuzzing.Dialect {
    private final String host = "127.0.0.1:" + node.baseUri().getPort();

    /** Of a list that had more. */
    private volatile String token = "";

    @Override
    public Fuzzing.Throw next(Random random) {
      FcSeeds.Seed seed = FcSeeds.any(random, token);
      FcDraft draft = new FcDraft(seed, Instant.now());
      FcDraft.Signing[] signings = FcDraft.Signing.values();
      draft.signing = signings[random.nextInt(signings.length)];
      draft.digest = random.nextBoolean();
      draft.nonce = random.nextInt(20) == 0 ? "again" : Long.toHexString(random.nextLong());
      for (int i = random.nextInt(4); i > 0; i--) {
        FcMutations.beforeSigning(draft, seed.tree(), random);
      }
      if (draft.method.equals("DELETE") && draft.path.endsWith("functions/" + FcSeeds.FUNCTION)) {
        draft.method = "GET"; // it is still needed
      }
      Wired wired = draft.signed(host, node.keyId(), node.keySecret());
      boolean forged = random.nextInt(6) == 0;
      if (forged) {
        FcMutations.behindSignature(draft, wired, random);
      }
      if (random.nextInt(10) == 0) {
        Spoil.doubleHeader(wired, random);
      }
      return new Fuzzing.Throw(wired, forged);
    }

    @Override
    public boolean owns(String head) {
      return head.matches(
          "(?s)[A-Z]+ /(2016-08-15|2021-04-06|2023-03-30)([/?][^ \r\n]*)? HTTP/1.1\r\n.*");
    }

    @Override
    public boolean answered(String head, Answer answer) {
      return answer.names().contains(REQUEST_ID);
    }

    @Override
    public String judge(Answer answer) throws IOException {
      assertTrue(answer.names().contains(REQUEST_ID), "no request id");
      String id = answer.headers().get("x-fc-request-id");
      assertTrue(id.matches("[A-Za-z0-9_-]{1,128}"), id);
      if (answer.status() < 300) {
        success(answer);
        return "success";
      }
      assertEquals("application/json", answer.headers().get("content-type"));
      JsonNode body = JSON.readTree(answer.body());
      Set<String> names = new TreeSet<>();
      body.fieldNames().forEachRemaining(names::add);
      assertEquals(PROPERTIES, names);
      assertEquals(body.get("Code"), body.get("ErrorCode"));
      assertEquals(body.get("Message"), body.get("ErrorMessage"));
      assertEquals(id, body.get("RequestId").textValue());
      assertFalse(body.get("Message").textValue().isEmpty(), "no message");
      String code = answer.status() + " " + body.get("Code").textValue();
      assertTrue(DOCUMENTED.contains(code), code);
      return code;
    }

    private void success(Answer answer) throws IOException {
      String type = answer.headers().get("content-type");
      if (answer.status() == 204) {
        assertEquals(null, type, "a type of no body");
      }
      if (answer.body().isEmpty()) {
        assertFalse("application/json".equals(type), "no JSON at all");
      } else if ("application/json".equals(type)) {
        JsonNode next = JSON.readTree(answer.body()).path("nextToken");
        token = next.asText().isEmpty() ? token : next.asText();
      }
    }
  }
}
