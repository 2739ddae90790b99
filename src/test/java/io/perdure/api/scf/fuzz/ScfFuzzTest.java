package io.perdure.api.scf.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.perdure.api.scf.fuzz.Connection.Answer;
import io.perdure.client.PerdureNode;
import io.perdure.testkit.Seeds;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Mutated requests against a whole node, {@code -Dperdure.fuzz=100000} for that many. Each has a
 * seed of its own, which a failure names with the request.
 */
class ScfFuzzTest {
  private static final int REQUESTS = Integer.getInteger("perdure.fuzz", 8_000);
  private static final int CALLERS = 6;

  /** Nearly the longest first line that is read. */
  private static final int LINE_MAX = 40_000;

  private static final Pattern UUID =
      Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
  private static final Pattern CODE = Pattern.compile("[A-Z][A-Za-z0-9]+(\\.[A-Z][A-Za-z0-9]+)*");

  /** Strict: an envelope is one object, with no name twice and nothing behind it. */
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private static final Map<String, LongAdder> CODES = new ConcurrentHashMap<>();
  private static PerdureNode node;

  /** Id of an event there is; null until there is one. */
  private static volatile String event;

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
    ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
    try {
      List<Future<?>> ends = new ArrayList<>();
      for (int i = 0; i < CALLERS; i++) {
        ends.add(callers.submit(ScfFuzzTest::call));
      }
      for (Future<?> end : ends) {
        end.get();
      }
    } catch (ExecutionException e) {
      throw new AssertionError(e.getCause().getMessage(), e.getCause());
    } finally {
      callers.shutdownNow();
    }
    if (!Seeds.replaying()) {
      reached("success", "http 400");
      reached("InvalidRequest", "UnsupportedProtocol", "InvalidAction", "NoSuchVersion");
      reached("AuthFailure.SignatureFailure", "AuthFailure.InvalidAuthorization");
      reached("AuthFailure.SignatureExpire", "AuthFailure.SecretIdNotFound", "UnsupportedRegion");
      reached("MissingParameter", "UnknownParameter", "InvalidParameter");
      reached("InvalidParameterValue.FunctionName", "UnsupportedOperation");
      reached("ResourceNotFound.Namespace", "ResourceNotFound.AsyncEvent");
    }
  }

  /** The fuzzer is worth something only while it gets past each check. */
  private static void reached(String... codes) {
    for (String code : codes) {
      assertTrue(CODES.containsKey(code), () -> "never reached " + code + ": " + CODES);
    }
  }

  private static void call() {
    try (Caller caller = new Caller()) {
      Seeds.each(REQUESTS / CALLERS, caller::call);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One of several, with a connection that it keeps as long as the server does. */
  private static final class Caller implements AutoCloseable {
    private final int port = node.baseUri().getPort();
    private final String host = "127.0.0.1:" + port;
    private Connection kept;

    void call(Random random) {
      SeedRequests.Seed seed = SeedRequests.any(random, event);
      Draft draft = SeedRequests.draft(seed, System.currentTimeMillis() / 1_000, random);
      for (int i = random.nextInt(4); i > 0; i--) {
        Mutations.beforeSigning(draft, seed.parameters(), random);
      }
      Draft.Wired wired = draft.signed(host, node.keyId(), node.keySecret());
      boolean forged = random.nextInt(6) == 0;
      if (forged) {
        Mutations.behindSignature(draft, wired, random);
      }
      if (random.nextInt(10) == 0) {
        Mutations.doubleHeader(wired, random);
      }
      byte[] bytes = wired.bytes();
      int raw = random.nextInt(10);
      try {
        if (raw == 0) {
          anyBytes(Mutations.bytes(bytes, random));
        } else if (raw == 1) {
          anyBytes(Mutations.http(bytes, random));
        } else if (wired.target.length() > LINE_MAX) {
          anyBytes(bytes); // refused before it is known whom it is for
        } else {
          request(bytes, forged);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /** HTTP that is well-formed: one answer, in an envelope. */
    private void request(byte[] bytes, boolean forged) throws IOException {
      Answer answer = null;
      try {
        boolean fresh = kept == null;
        kept = fresh ? new Connection(port) : kept;
        answer = kept.exchange(bytes);
        if (answer == null && !fresh) { // it was closed meanwhile
          kept.close();
          kept = new Connection(port);
          answer = kept.exchange(bytes);
        }
      } catch (SocketTimeoutException e) {
        fail("no answer to " + shown(bytes));
      }
      if (answer == null) {
        fail("the connection was closed on " + shown(bytes));
      }
      boolean success = envelope(answer, bytes);
      if (forged && success) {
        fail("nobody signed " + shown(bytes));
      }
      if (answer.last()) {
        kept.close();
        kept = null;
      }
    }

    /** What may be no HTTP: no answer at all, or such as it deserves, and an end. */
    private void anyBytes(byte[] bytes) throws IOException {
      try (Connection once = new Connection(port)) {
        for (Answer answer : once.exchangeAll(bytes)) {
          if (answer.status() == 200 && isFirstLineWhole(bytes)) {
            envelope(answer, bytes);
          } else {
            count("http " + answer.status());
            assertTrue(answer.status() < 500, () -> answer + " to " + shown(bytes));
          }
        }
      } catch (SocketTimeoutException e) {
        fail("the connection stays open after " + shown(bytes));
      }
    }

    /** Other paths have other answers. */
    private static boolean isFirstLineWhole(byte[] bytes) {
      return new String(bytes, ISO_8859_1)
          .matches("(?s)(GET|POST) /(\\?[^ \r\n]*)? HTTP/1.1\r\n.*");
    }

    private static boolean envelope(Answer answer, byte[] request) {
      try {
        assertEquals(200, answer.status());
        assertEquals("application/json", answer.headers().get("content-type"));
        JsonNode root = JSON.readTree(answer.body());
        assertEquals(1, root.size());
        JsonNode response = root.get("Response");
        String id = response.get("RequestId").textValue();
        assertTrue(UUID.matcher(id).matches(), id);
        JsonNode error = response.get("Error");
        if (error == null) {
          count("success");
          JsonNode accepted = response.at("/Result/FunctionRequestId");
          event = accepted.isTextual() ? accepted.textValue() : event;
          return true;
        }
        String code = error.get("Code").textValue();
        assertTrue(CODE.matcher(code).matches(), code);
        assertTrue(!code.startsWith("InternalError"), "a bug, in the log");
        assertTrue(!error.get("Message").textValue().isEmpty(), "no message");
        assertEquals(2, error.size());
        assertEquals(2, response.size());
        count(code);
        return false;
      } catch (IOException | RuntimeException | AssertionError e) {
        throw new AssertionError(e + ": " + answer + "\nto " + shown(request), e);
      }
    }

    private static void count(String code) {
      CODES.computeIfAbsent(code, first -> new LongAdder()).increment();
    }

    private static String shown(byte[] bytes) {
      StringBuilder text = new StringBuilder("\n");
      for (int i = 0; i < Math.min(bytes.length, 4_000); i++) {
        int b = bytes[i] & 0xff;
        boolean plain = (b >= ' ' && b < 0x7f) || b == '\n';
        text.append(plain ? Character.toString(b) : "\\x%02x".formatted(b));
      }
      return text.append(bytes.length > 4_000 ? "... of " + bytes.length : "").toString();
    }

    @Override
    public void close() throws IOException {
      if (kept != null) {
        kept.close();
      }
    }
  }
}
