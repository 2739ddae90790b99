package io.perdure.api.fc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.RegistryMessages.PutAsync;
import io.perdure.client.FunctionSpec;
import io.perdure.client.Functions;
import io.perdure.client.Submission;
import io.perdure.invocation.About;
import io.perdure.invocation.AsyncSettings;
import io.perdure.invocation.Event;
import io.perdure.invocation.Function.Flavour;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.RetentionPolicy;
import io.perdure.invocation.RetryPolicy;
import io.perdure.invocation.RunError;
import io.perdure.testkit.EventCount;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** Functions with task mode on that a test serves itself, and their tasks by the API. */
final class FcTasks {
  /** Service of the functions. */
  static final String SERVICE = "default";

  private static final long PATIENCE_SECONDS = 60;
  private static final long DAY_MILLIS = 86_400_000L;

  final FcTester fc;

  FcTasks(FcTester fc) {
    this.fc = fc;
  }

  /** What {@code future} holds, waited for. */
  static <T> T done(Future<T> future) {
    try {
      return future.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("not in time", e);
    }
  }

  /** Retries as Function Compute has them: so many after the first attempt. */
  static RetryPolicy retries(int times) {
    return new RetryPolicy(times + 1, 500, 60_000, 0, EnumSet.allOf(RunError.Kind.class));
  }

  /** Settings of a function at {@code address}, as the API makes them. */
  static FunctionSpec spec(Flavour flavour, String address) {
    return new FunctionSpec(
        flavour,
        About.NOTHING,
        FunctionSpec.eventBus(address).runtime(),
        Duration.ofDays(1),
        16,
        retries(3),
        Duration.ofMillis(DAY_MILLIS),
        RetentionPolicy.DEFAULT);
  }

  /** Makes a function of {@link #SERVICE} with task mode on, served by {@code handler}. */
  void served(String name, Function<Buffer, Future<Buffer>> handler) {
    listen(name, handler);
    put(name, spec(Flavour.FC2, "test." + name));
    task(name, null, null);
  }

  /** The same of FC 3.0. */
  void servedWithoutService(String name, Function<Buffer, Future<Buffer>> handler) {
    listen(name, handler);
    Functions functions =
        fc.node().client().functions().inNamespace(io.perdure.invocation.Function.FC3_NAMESPACE);
    done(functions.put(name, spec(Flavour.FC3, "test." + name)));
    settings(io.perdure.invocation.Function.FC3_NAMESPACE, name, Invocation.LATEST);
  }

  /** Serves the address of a function. */
  void listen(String name, Function<Buffer, Future<Buffer>> handler) {
    var consumer = fc.node().vertx().eventBus().<Buffer>consumer("test." + name);
    consumer.handler(
        message ->
            handler
                .apply(message.body())
                .onSuccess(message::reply)
                .onFailure(e -> message.fail(1, e.getMessage())));
    done(consumer.completion());
  }

  /** Makes a function of {@link #SERVICE}, or changes it. */
  void put(String name, FunctionSpec spec) {
    done(fc.node().client().functions().put(name, spec));
  }

  /** Turns task mode on, with other retries and another age unless they are null. */
  void task(String name, Integer retries, Duration age) {
    settings(
        SERVICE,
        name,
        Invocation.LATEST,
        new AsyncSettings(
            retries == null ? null : retries(retries),
            age == null ? null : age.toMillis(),
            null,
            true,
            null,
            null,
            ""));
  }

  /** Turns task mode on for a qualifier. */
  void settings(String namespace, String name, String qualifier) {
    settings(namespace, name, qualifier, new AsyncSettings(null, null, null, true, null, null, ""));
  }

  private void settings(String namespace, String name, String qualifier, AsyncSettings settings) {
    String account =
        done(fc.node().client().functions().inNamespace(namespace).get(name)).account();
    PutAsync put = new PutAsync(account, namespace, name, qualifier, settings);
    done(Bus.install(fc.node().vertx()).request(Addresses.PUT_ASYNC, put));
  }

  /** A handler that fails so many times, then answers. */
  static Function<Buffer, Future<Buffer>> failing(int times) {
    AtomicInteger calls = new AtomicInteger();
    return payload ->
        calls.incrementAndGet() <= times
            ? Future.failedFuture("failure " + calls.get())
            : Future.succeededFuture(payload);
  }

  /** A handler that never answers. */
  static Future<Buffer> never(Buffer payload) {
    return Promise.<Buffer>promise().future();
  }

  /** A task with that id. */
  Invocation submit(String function, String id, String payload) {
    return submit(Submission.of(function).withKey(id), payload);
  }

  /** A task. */
  Invocation submit(Submission submission, String payload) {
    return done(fc.node().client().submit(submission, Buffer.buffer(payload)));
  }

  /** Path of the tasks of a function of {@link #SERVICE}. */
  static String path(String function) {
    return "/2021-04-06/services/"
        + SERVICE
        + "/functions/"
        + function
        + "/stateful-async-invocations";
  }

  /** The record. */
  JsonNode get(String function, String id) {
    return fc.ok("GET", path(function) + "/" + id, null);
  }

  /** The record once the task has ended. */
  JsonNode ended(String function, Invocation task) {
    done(fc.node().client().await(task.id()));
    return get(function, task.key() == null ? task.id().toString() : task.key());
  }

  /** Stops a task; it must be possible. */
  void stop(String function, String id) {
    var answer = fc.send("PUT", path(function) + "/" + id, null, java.util.Map.of());
    assertEquals(200, answer.statusCode(), () -> FcTester.json(answer).toString());
    assertEquals(0, answer.body().length);
  }

  /** Waits until the task has so many events of that type. */
  void after(Invocation task, Event.Type type, int times) {
    after(task.id(), type, times);
  }

  /** Waits until the task has so many events of that type. */
  void after(InvocationId id, Event.Type type, int times) {
    done(EventCount.reached(fc.node().client(), id, type, times));
  }

  /** Statuses of the events, in order. */
  static List<String> events(JsonNode record) {
    List<String> statuses = new ArrayList<>();
    long last = 0;
    for (JsonNode event : record.path("events")) {
      statuses.add(event.path("status").asText());
      assertEquals(statuses.size(), event.path("eventId").asInt(), record::toString);
      if (event.path("timestamp").asLong() < last) {
        throw new AssertionError("times descend: " + record);
      }
      last = event.path("timestamp").asLong();
    }
    return statuses;
  }

  /** Ids of a page, in order. */
  static List<String> ids(JsonNode page) {
    List<String> ids = new ArrayList<>();
    for (JsonNode task : page.path("invocations")) {
      ids.add(task.path("invocationId").asText());
    }
    return ids;
  }
}
