package io.perdure.api.scf.action;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.perdure.api.Kept;
import io.perdure.invocation.About;
import io.perdure.invocation.Function;
import io.perdure.invocation.FunctionBuilder;
import io.perdure.invocation.RuntimeSpec.Language;
import io.perdure.invocation.RuntimeSpec.Managed;
import java.util.Map;

/**
 * A function as SCF's API sees it, whichever dialect made it: what the node knows of it, and what
 * only this dialect keeps, as an object of JSON under the API's own names in {@link About#extra}.
 * Immutable.
 */
final class ScfFunction {
  /** What all functions of an account may use together, in MB (spec tencent-scf, 5.7). */
  static final int ACCOUNT_MEMORY_MB = 128_000;

  /** Memory of a function that sets none, in MB. */
  static final int MEMORY_MB_DEFAULT = 128;

  private static final String ASYNC_RUN = "AsyncRunEnable";
  private static final String TRACE = "TraceEnable";

  /** What memory is reserved for it is kept under, in MB. */
  static final String RESERVED = "ReservedConcurrencyMem";

  private static final String TRUE = "TRUE";
  private static final String FALSE = "FALSE";
  private static final int CONCURRENCY_MAX = 100_000;

  private final Function function;
  private final ObjectNode kept;

  private ScfFunction(Function function, ObjectNode kept) {
    this.function = function;
    this.kept = kept;
  }

  /** The view of {@code function}. */
  static ScfFunction of(Function function) {
    return new ScfFunction(function, Kept.parse(function.about().extra()));
  }

  /** The function itself. */
  Function function() {
    return function;
  }

  /**
   * True when it is an asynchronously executing function: every invocation is answered with an id
   * at once, and none is repeated.
   */
  boolean asyncRun() {
    return TRUE.equals(kept.path(ASYNC_RUN).textValue());
  }

  /** True when its events are tracked. */
  boolean trace() {
    return TRUE.equals(kept.path(TRACE).textValue());
  }

  /** {@code TRUE} or {@code FALSE}. */
  static String flag(boolean value) {
    return value ? TRUE : FALSE;
  }

  /** True when there is memory reserved for it, be it 0 MB: then nothing of it may run. */
  boolean reserves() {
    return kept.has(RESERVED);
  }

  /**
   * MB reserved for it, 0 when nothing is. The latest has it; what a version froze of it is stale.
   */
  long reservedMemory() {
    return kept.path(RESERVED).asLong(0);
  }

  /** Memory of one instance in MB; that of another kind of function is the default. */
  int memoryMb() {
    return managed() == null ? MEMORY_MB_DEFAULT : managed().memoryMb();
  }

  /** Its runtime when its instances are started from code, else null. */
  Managed managed() {
    return function.runtime() instanceof Managed managed ? managed : null;
  }

  /** The runtime as it was asked for, such as {@code Python3.10}; else the kind of function. */
  String runtimeName() {
    return managed() == null ? function.runtime().kind() : managed().name();
  }

  /** The handler; empty for functions without. */
  String handler() {
    return managed() == null ? "" : managed().handler();
  }

  /** Size of its code package, 0 while it has none. */
  long codeBytes() {
    return managed() == null || managed().code() == null ? 0 : managed().code().bytes();
  }

  /** True for a function that is an HTTP server. */
  boolean web() {
    return managed() != null && managed().language() == Language.WEB;
  }

  /** {@code HTTP} for those, else {@code Event}. */
  String type() {
    return web() ? "HTTP" : "Event";
  }

  /** What is only shown again, as it was given; null when it was not. */
  JsonNode kept(String name) {
    return kept.get(name);
  }

  /**
   * The function with {@code mb} reserved for it; its concurrency follows.
   *
   * @param mb at least the memory of one instance; 0 to run nothing of it; null to reserve nothing
   */
  Function withReservedMemory(Long mb) {
    ObjectNode next = kept.deepCopy();
    next.remove(RESERVED);
    if (mb != null) {
      next.put(RESERVED, mb);
    }
    FunctionBuilder builder = new FunctionBuilder(function);
    builder.about = told(next);
    builder.concurrency = new ScfFunction(function, next).concurrency(memoryMb());
    return builder.build();
  }

  /**
   * How many of its instances fit into what is reserved for it, or into what the account may use.
   *
   * @param memoryMb of one instance
   */
  int concurrency(int memoryMb) {
    return reserves()
        ? (int) Math.min(CONCURRENCY_MAX, reservedMemory() / memoryMb)
        : unreservedConcurrency(memoryMb);
  }

  /** How many instances fit into what the account may use. */
  static int unreservedConcurrency(int memoryMb) {
    return Math.max(1, Math.min(CONCURRENCY_MAX, ACCOUNT_MEMORY_MB / memoryMb));
  }

  /** Description and tags as they are, with these given, to be shown again. */
  About keeping(Map<String, JsonNode> given) {
    ObjectNode next = kept.deepCopy();
    next.setAll(given);
    return told(next);
  }

  private About told(ObjectNode next) {
    About about = function.about();
    return new About(about.description(), about.tags(), Kept.text(next));
  }
}
