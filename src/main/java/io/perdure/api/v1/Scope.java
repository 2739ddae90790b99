package io.perdure.api.v1;

/**
 * What versions and aliases belong to: a function, or all functions of a namespace.
 *
 * @param path template of the scope
 * @param words behind the verb in the name of an operation, "Function" or "Namespace"
 * @param parameters of the path that name the scope
 */
record Scope(String path, String words, int parameters) {
  static final Scope FUNCTION =
      new Scope("/v1/namespaces/{namespace}/functions/{function}", "Function", 2);
  static final Scope NAMESPACE = new Scope("/v1/namespaces/{namespace}", "Namespace", 1);

  /** Name of the function, null for the namespace. */
  String function(Call call) {
    return parameters == 2 ? call.function() : null;
  }

  /** The parameter behind those of the scope. */
  String item(Call call) {
    return call.parameters().get(parameters);
  }

  /** Path of an item as it is called. */
  String item(Call call, String collection, String name) {
    String within =
        "/v1/namespaces/"
            + call.namespace()
            + (parameters == 2 ? "/functions/" + call.function() : "");
    return within + "/" + collection + "/" + name;
  }
}
