package io.perdure.runtime.managed.custom;

import io.perdure.invocation.About;
import io.perdure.invocation.Function;
import io.perdure.invocation.Function.Flavour;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.RetentionPolicy;
import io.perdure.invocation.RetryPolicy;
import io.perdure.invocation.RuntimeSpec.Language;
import io.perdure.invocation.RuntimeSpec.Managed;
import io.perdure.runtime.managed.Conversations.Blueprint;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Settings of a function that is a program of its own; tests change what they are about. */
public final class CustomSpec {
  final Language language;
  Flavour flavour;
  String handler = "";
  String initializer;
  Managed.Hook preStop;
  List<String> command = List.of();
  int port;
  int instanceConcurrency = 1;
  public int resultBytesMax = 1000;
  String version = Invocation.LATEST;

  CustomSpec(Language language, Flavour flavour) {
    this.language = language;
    this.flavour = flavour;
  }

  Blueprint blueprint(Path code) {
    return new Blueprint("i-1", function(), managed(), code, code, resultBytesMax);
  }

  public Function function() {
    return new Function(
        1,
        "1234567890123456",
        "shop",
        "resize",
        flavour,
        version,
        About.NOTHING,
        managed(),
        2500,
        16,
        RetryPolicy.NONE,
        0,
        RetentionPolicy.DEFAULT,
        null,
        1,
        1,
        1);
  }

  private Managed managed() {
    return new Managed(
        language,
        "custom",
        handler,
        null,
        Map.of(),
        128,
        16,
        instanceConcurrency,
        initializer,
        9500,
        preStop,
        command,
        port,
        60_000);
  }
}
