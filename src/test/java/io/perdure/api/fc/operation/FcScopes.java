package io.perdure.api.fc.operation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import io.perdure.api.fc.FcTester;
import io.perdure.client.FunctionSpec;
import io.perdure.invocation.Function;
import io.perdure.invocation.Function.Flavour;
import io.perdure.testkit.NodeApi;
import io.vertx.core.Future;
import io.vertx.core.eventbus.MessageConsumer;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A node, and services and functions on it that can be configured; they answer nothing. */
final class FcScopes implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 60;

  /** The generations, and the two that have services. */
  static final String V1 = "/2016-08-15";

  static final String V2 = "/2021-04-06";
  static final String V3 = "/2023-03-30";

  final FcTester fc;

  private FcScopes(FcTester fc) {
    this.fc = fc;
  }

  static FcScopes start(Map<String, String> settings) {
    return new FcScopes(FcTester.start(settings));
  }

  /** Makes a service. */
  void service(String name) {
    NodeApi.of(fc.node()).send("PUT", "/v1/namespaces/" + name, "{}".getBytes(UTF_8)).expect(201);
  }

  /** Makes a function of a service, or one without when {@code service} is null. */
  void function(String service, String name) {
    put(service, name, FunctionSpec.eventBus("test." + name));
  }

  /** The same with settings. */
  void put(String service, String name, FunctionSpec spec) {
    done(
        fc.node()
            .client()
            .functions()
            .inNamespace(service == null ? Function.FC3_NAMESPACE : service)
            .put(name, spec.withFlavour(service == null ? Flavour.FC3 : Flavour.FC2)));
  }

  /** The function as the node has it. */
  Function get(String service, String name) {
    return done(
        fc.node()
            .client()
            .functions()
            .inNamespace(service == null ? Function.FC3_NAMESPACE : service)
            .get(name));
  }

  /** Answers what is sent to an event-bus address. */
  void answers(String address, String answer) {
    MessageConsumer<Object> consumer = fc.node().vertx().eventBus().consumer(address);
    consumer.handler(message -> message.reply(answer));
    done(consumer.completion());
  }

  /** What {@code future} holds, waited for. */
  static <T> T done(Future<T> future) {
    try {
      return future.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("not in time", e);
    }
  }

  /** Calls, and must be answered without a body. */
  void deleted(String path) {
    HttpResponse<byte[]> answer = fc.call("DELETE", path, null, Map.of());
    assertEquals(204, answer.statusCode(), () -> new String(answer.body(), UTF_8));
  }

  /** What {@code property} of each item of a list is, of all its pages of two. */
  List<String> pages(String path, String list, String property) {
    List<String> found = new ArrayList<>();
    String token = "";
    do {
      String query = (path.contains("?") ? "&" : "?") + "limit=2&nextToken=" + token;
      JsonNode page = fc.ok("GET", path + query, null);
      page.path(list).forEach(item -> found.add(item.path(property).asText()));
      token = page.path("nextToken").asText("none");
    } while (!token.isEmpty());
    return found;
  }

  @Override
  public void close() {
    fc.close();
  }
}
