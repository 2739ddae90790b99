package io.perdure.router;

import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.RegistryMessages.FunctionsListed;
import io.perdure.bus.RegistryMessages.ListFunctions;
import io.perdure.bus.RegistryMessages.ListNamespaces;
import io.perdure.bus.RegistryMessages.Namespace;
import io.perdure.bus.RegistryMessages.NamespacesListed;
import io.perdure.bus.RegistryMessages.PutNamespace;
import io.perdure.invocation.About;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.invocation.Function;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** The namespaces of accounts, whole: looked up, listed and changed, for every surface. */
public final class Namespaces {
  private final Bus bus;

  /** Over {@code bus}. */
  public Namespaces(Bus bus) {
    this.bus = bus;
  }

  /** All of an account, by name. */
  public Future<List<Namespace>> all(String account) {
    return new Walk<>(
            after ->
                bus.request(
                    Addresses.LIST_NAMESPACES, new ListNamespaces(account, null, after, Walk.PAGE)),
            NamespacesListed::namespaces,
            NamespacesListed::more,
            Namespace::name)
        .all();
  }

  /** What {@code of} finds for each namespace of an account, one after the other, in one list. */
  public <T> Future<List<T>> collect(
      String account, java.util.function.Function<Namespace, Future<List<T>>> of) {
    return all(account)
        .compose(
            all -> {
              List<T> found = new ArrayList<>();
              Future<Void> done = Future.succeededFuture();
              for (Namespace each : all) {
                done = done.compose(before -> of.apply(each)).map(found::addAll).mapEmpty();
              }
              return done.map(found);
            });
  }

  /** The one of that name; fails as not found. */
  public Future<Namespace> find(String account, String name) {
    // Names are in order, so the one that equals the prefix is the first of those that begin so.
    return bus.request(Addresses.LIST_NAMESPACES, new ListNamespaces(account, name, null, 1))
        .map(
            found ->
                found.namespaces().stream()
                    .filter(namespace -> namespace.name().equals(name))
                    .findFirst()
                    .orElseThrow(
                        () -> new FailureException(new Failure.NotFound("namespace", name))));
  }

  /** All functions of a namespace, by name; fails as not found. */
  public Future<List<Function>> functions(String account, String namespace) {
    return new Walk<>(
            after ->
                bus.request(
                    Addresses.LIST_FUNCTIONS,
                    new ListFunctions(account, namespace, null, after, Walk.PAGE)),
            FunctionsListed::functions,
            FunctionsListed::more,
            Function::name)
        .all();
  }

  /**
   * Puts what {@code change} makes of what is told of the namespace by then; fails as not found,
   * and as a precondition when other changes come in between again and again.
   */
  public Future<Void> change(String account, String name, UnaryOperator<About> change) {
    return Revisions.onLatest(() -> once(account, name, change));
  }

  private Future<Void> once(String account, String name, UnaryOperator<About> change) {
    return find(account, name)
        .compose(
            now ->
                bus.request(
                        Addresses.PUT_NAMESPACE,
                        new PutNamespace(account, name, change.apply(now.about()), now.revision()))
                    .mapEmpty());
  }
}
