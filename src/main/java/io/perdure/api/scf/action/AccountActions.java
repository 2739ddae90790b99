package io.perdure.api.scf.action;

import com.fasterxml.jackson.core.JsonGenerator;
import io.perdure.api.scf.wire.Action;
import io.perdure.api.scf.wire.Reply;
import io.perdure.api.scf.wire.ScfCall;
import io.perdure.api.scf.wire.Shape;
import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.RegistryMessages.GetUsage;
import io.perdure.bus.RegistryMessages.Namespace;
import io.perdure.bus.RegistryMessages.Usage;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.invocation.Function;
import io.perdure.router.Namespaces;
import io.vertx.core.Future;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What the caller's account has and may have (spec tencent-scf, 5.7). */
public final class AccountActions {
  /** Kinds of triggers that are counted besides timers, and are not offered here. */
  private static final List<String> OTHER_TRIGGERS =
      List.of("Cos", "Cmq", "Ckafka", "Apigw", "Cls", "Clb", "Mps", "Cm", "Vod", "Eb");

  private final Bus bus;
  private final Namespaces namespaces;

  /** Actions over {@code bus}. */
  public AccountActions(Bus bus) {
    this.bus = bus;
    this.namespaces = new Namespaces(bus);
  }

  /** All of them. */
  public Stream<Action> all() {
    return Stream.of(new Action("GetAccount", Shape.NOTHING, this::get));
  }

  private Future<Reply> get(ScfCall call) {
    String account = call.accountId();
    return bus.request(Addresses.GET_USAGE, new GetUsage(account))
        .compose(
            usage ->
                namespaces
                    .all(account)
                    .compose(all -> used(account, all, new ArrayList<>()))
                    .map(used -> reply(usage, used)));
  }

  /**
   * What is in a namespace.
   *
   * @param totalMb that its functions may use together
   * @param reservedMb reserved for some of them
   */
  private record Used(String name, List<String> functions, long totalMb, long reservedMb) {
    Used(Namespace namespace, List<Function> functions) {
      this(
          namespace.name(),
          functions.stream().map(Function::name).toList(),
          new ScfNamespace(namespace.about()).totalMemory(),
          ConcurrencyActions.reserved(functions, null));
    }
  }

  /** One after the other; one that is deleted meanwhile is left out. */
  private Future<List<Used>> used(String account, List<Namespace> all, List<Used> found) {
    if (all.isEmpty()) {
      return Future.succeededFuture(found);
    }
    Namespace first = all.get(0);
    return namespaces
        .functions(account, first.name())
        .map(functions -> found.add(new Used(first, functions)))
        .recover(
            cause ->
                cause instanceof FailureException e && e.failure() instanceof Failure.NotFound
                    ? Future.succeededFuture(false)
                    : Future.failedFuture(cause))
        .compose(added -> used(account, all.subList(1, all.size()), found));
  }

  private static Reply reply(Usage usage, List<Used> used) {
    return Reply.of(
        json -> {
          json.writeObjectFieldStart("AccountUsage");
          writeUsage(json, used);
          json.writeEndObject();
          json.writeObjectFieldStart("AccountLimit");
          json.writeNumberField("NamespacesCount", usage.namespacesMax() + 1); // with the default
          json.writeArrayFieldStart("Namespace");
          for (Used namespace : used) {
            json.writeStartObject();
            writeLimits(json, namespace, usage);
            json.writeEndObject();
          }
          json.writeEndArray();
          json.writeEndObject();
        });
  }

  private static void writeUsage(JsonGenerator json, List<Used> used) throws IOException {
    long account = ScfFunction.ACCOUNT_MEMORY_MB;
    json.writeNumberField("NamespacesCount", used.size());
    json.writeArrayFieldStart("Namespace");
    for (Used namespace : used) {
      json.writeStartObject();
      json.writeArrayFieldStart("Functions");
      for (String function : namespace.functions()) {
        json.writeString(function);
      }
      json.writeEndArray();
      json.writeStringField("Namespace", namespace.name());
      json.writeNumberField("FunctionsCount", namespace.functions().size());
      json.writeNumberField("TotalConcurrencyMem", namespace.totalMb());
      json.writeNumberField("TotalAllocatedConcurrencyMem", namespace.reservedMb());
      json.writeNumberField("TotalAllocatedProvisionedMem", 0);
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeNumberField("TotalConcurrencyMem", account);
    json.writeNumberField(
        "TotalAllocatedConcurrencyMem", used.stream().mapToLong(Used::reservedMb).sum());
    json.writeNumberField(
        "UserConcurrencyMemLimit", Math.min(account, used.stream().mapToLong(Used::totalMb).sum()));
  }

  private static void writeLimits(JsonGenerator json, Used namespace, Usage usage)
      throws IOException {
    json.writeNumberField("FunctionsCount", usage.functionsMax());
    json.writeObjectFieldStart("Trigger");
    json.writeNumberField("Timer", usage.schedulesMax());
    json.writeNumberField("Total", usage.schedulesMax());
    for (String kind : OTHER_TRIGGERS) {
      json.writeNumberField(kind, 0);
    }
    json.writeEndObject();
    json.writeStringField("Namespace", namespace.name());
    json.writeNumberField(
        "ConcurrentExecutions", namespace.totalMb() / ScfFunction.MEMORY_MB_DEFAULT);
    json.writeNumberField("TimeoutLimit", Limits.TIMEOUT_MAX);
    json.writeNullField("TestModelLimit");
    json.writeNumberField("InitTimeoutLimit", Limits.INIT_TIMEOUT_MAX);
    json.writeNumberField("RetryNumLimit", Limits.RETRY_NUM_MAX);
    json.writeNumberField("MinMsgTTL", Limits.MSG_TTL_MIN);
    json.writeNumberField("MaxMsgTTL", Limits.MSG_TTL_MAX);
  }
}
