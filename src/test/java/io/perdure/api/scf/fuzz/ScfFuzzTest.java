package io.perdure.api.scf.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Spoiled requests against a whole node: whatever comes is answered in an envelope. */
class ScfFuzzTest {
  private static final Pattern UUID =
      Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
  private static final Pattern CODE = Pattern.compile("[A-Z][A-Za-z0-9]+(\\.[A-Z][A-Za-z0-9]+)*");

  /** Strict: an envelope is one object, with no name twice and nothing behind it. */
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private static PerdureNode node;

  @BeforeAll
  static void start() {
    node = PerdureNode.start(Map.of("rate-limit.rates", "scf.*=0"));
    node.function(SeedRequests.FUNCTION).returns("{}");
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @Test
  void whateverComesIsAnsweredInAnEnvelope() throws Exception {
    Fuzzing fuzzing = new Fuzzing(node.baseUri().getPort(), new Envelopes());
    fuzzing.run();
    fuzzing.reached("success", "http 400");
    fuzzing.reached("InvalidRequest", "UnsupportedProtocol", "InvalidAction", "NoSuchVersion");
    fuzzing.reached("AuthFailure.SignatureFailure", "AuthFailure.InvalidAuthorization");
    fuzzing.reached("AuthFailure.SignatureExpire", "AuthFailure.SecretIdNotFound");
    fuzzing.reached("MissingParameter", "UnknownParameter", "InvalidParameter");
    fuzzing.reached("InvalidParameterValue.FunctionName", "UnsupportedOperation");
    fuzzing.reached("UnsupportedRegion", "ResourceNotFound.Namespace");
    fuzzing.reached("ResourceNotFound.AsyncEvent");
  }

  /** What this API is asked, and how it answers. */
  private static final class Envelopes implements Fuzzing.Dialect {
    private final String host = "127.0.0.1:" + node.baseUri().getPort();

    /** Id of an event there is; null until there is one. */
    private volatile String event;

    @Override
    public Fuzzing.Throw next(Random random) {
      SeedRequests.Seed seed = SeedRequests.any(random, event);
      Draft draft = SeedRequests.draft(seed, System.currentTimeMillis() / 1_000, random);
      for (int i = random.nextInt(4); i > 0; i--) {
        Mutations.beforeSigning(draft, seed.parameters(), random);
      }
      Wired wired = draft.signed(host, node.keyId(), node.keySecret());
      boolean forged = random.nextInt(6) == 0;
      if (forged) {
        Mutations.behindSignature(draft, wired, random);
      }
      if (random.nextInt(10) == 0) {
        Spoil.doubleHeader(wired, random);
      }
      return new Fuzzing.Throw(wired, forged);
    }

    @Override
    public boolean owns(String head) {
      return head.matches("(?s)[A-Z]+ /(\\?[^ \r\n]*)? HTTP/1.1\r\n.*");
    }

    @Override
    public boolean answered(String head, Answer answer) {
      return answer.status() == 200 && owns(head);
    }

    @Override
    public String judge(Answer answer) throws IOException {
      assertEquals(200, answer.status());
      assertEquals("application/json", answer.headers().get("content-type"));
      JsonNode root = JSON.readTree(answer.body());
      assertEquals(1, root.size());
      JsonNode response = root.get("Response");
      String id = response.get("RequestId").textValue();
      assertTrue(UUID.matcher(id).matches(), id);
      JsonNode error = response.get("Error");
      if (error == null) {
        JsonNode accepted = response.at("/Result/FunctionRequestId");
        event = accepted.isTextual() ? accepted.textValue() : event;
        return "success";
      }
      String code = error.get("Code").textValue();
      assertTrue(CODE.matcher(code).matches(), code);
      assertTrue(!code.startsWith("InternalError"), "a bug, in the log");
      assertTrue(!error.get("Message").textValue().isEmpty(), "no message");
      assertEquals(2, error.size());
      assertEquals(2, response.size());
      return code;
    }
  }
}
