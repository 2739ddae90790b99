package io.perdure.client;

import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.ClientMessages.ClientAbandonUpload;
import io.perdure.bus.ClientMessages.ClientAddToUpload;
import io.perdure.bus.ClientMessages.ClientBeginUpload;
import io.perdure.bus.ClientMessages.ClientDeleteFunction;
import io.perdure.bus.ClientMessages.ClientFinishUpload;
import io.perdure.bus.ClientMessages.ClientFunction;
import io.perdure.bus.ClientMessages.ClientGetFunction;
import io.perdure.bus.ClientMessages.ClientListFunctions;
import io.perdure.bus.ClientMessages.ClientPublishVersion;
import io.perdure.bus.ClientMessages.ClientPutAlias;
import io.perdure.bus.ClientMessages.ClientPutFunction;
import io.perdure.bus.CodeMessages.AbandonUpload;
import io.perdure.bus.CodeMessages.AddToUpload;
import io.perdure.bus.CodeMessages.BeginUpload;
import io.perdure.bus.CodeMessages.FinishUpload;
import io.perdure.bus.RegistryMessages.Alias;
import io.perdure.bus.RegistryMessages.AliasPut;
import io.perdure.bus.RegistryMessages.DeleteFunction;
import io.perdure.bus.RegistryMessages.FunctionPut;
import io.perdure.bus.RegistryMessages.ListFunctions;
import io.perdure.bus.RegistryMessages.PublishVersion;
import io.perdure.bus.RegistryMessages.PutAlias;
import io.perdure.bus.RegistryMessages.PutFunction;
import io.perdure.bus.RegistryMessages.Version;
import io.perdure.bus.RegistryMessages.VersionPublished;
import io.perdure.invocation.CodeRef;
import io.perdure.invocation.Function;
import io.perdure.invocation.Route;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.AsyncFile;
import io.vertx.core.file.OpenOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;

/**
 * Functions of one namespace, their code and their versions, over the event bus. Every future fails
 * with {@link io.perdure.invocation.FailureException} when it is refused. Thread-safe.
 */
public final class Functions {
  private static final int PIECE_BYTES = 512 * 1024;
  private static final int PAGE = 1_000;
  private static final String BY = "event-bus client";

  /** Reading every entry of a large package takes its time. */
  private static final long FINISH_MILLIS_MAX = 330_000;

  private final Vertx vertx;
  private final Bus bus;
  private final String account;
  private final String namespace;

  Functions(Vertx vertx, Bus bus, String account, String namespace) {
    this.vertx = vertx;
    this.bus = bus;
    this.account = account;
    this.namespace = namespace;
  }

  /** Those of another namespace. */
  public Functions inNamespace(String name) {
    return new Functions(vertx, bus, account, name);
  }

  /** Creates a function, or replaces its settings; without a package it keeps the one it has. */
  public Future<Function> put(String name, FunctionSpec spec) {
    PutFunction put =
        new PutFunction(
            account,
            namespace,
            name,
            spec.flavour(),
            spec.about(),
            spec.runtime(),
            spec.timeout().toMillis(),
            spec.concurrency(),
            spec.retry(),
            spec.eventAge().toMillis(),
            spec.retention(),
            null,
            BY,
            0);
    return bus.request(Addresses.CLIENT_PUT_FUNCTION, new ClientPutFunction(put))
        .map(FunctionPut::function);
  }

  /** Uploads {@code zip}, then creates a function that runs it, or replaces one. */
  public Future<Function> deploy(String name, FunctionSpec spec, Buffer zip) {
    return uploadCode(zip).compose(code -> put(name, spec.withCode(code)));
  }

  /** The function as it is. */
  public Future<Function> get(String name) {
    return get(name, null);
  }

  /** The function as a version or alias has it. */
  public Future<Function> get(String name, String qualifier) {
    return bus.request(
            Addresses.CLIENT_GET_FUNCTION,
            new ClientGetFunction(account, namespace, name, qualifier))
        .map(ClientFunction::function);
  }

  /** All of the namespace, by name. */
  public Future<List<Function>> list() {
    return list(null, new ArrayList<>());
  }

  private Future<List<Function>> list(String after, List<Function> before) {
    return bus.request(
            Addresses.CLIENT_LIST_FUNCTIONS,
            new ClientListFunctions(new ListFunctions(account, namespace, null, after, PAGE)))
        .compose(
            page -> {
              before.addAll(page.functions());
              return page.more()
                  ? list(before.get(before.size() - 1).name(), before)
                  : Future.succeededFuture(List.copyOf(before));
            });
  }

  /** Deletes a function; what is queued becomes INVALID. */
  public Future<Void> delete(String name) {
    return bus.request(
            Addresses.CLIENT_DELETE_FUNCTION,
            new ClientDeleteFunction(new DeleteFunction(account, namespace, name, 0)))
        .mapEmpty();
  }

  /** Stores a package. */
  public Future<CodeRef> uploadCode(Buffer zip) {
    return upload(
        zip.length(),
        (from, to) -> Future.succeededFuture(zip.getBytes(from.intValue(), to.intValue())));
  }

  /** Stores a package that is a file, reading it piece by piece. */
  public Future<CodeRef> uploadCode(Path zip) {
    String file = zip.toString();
    return vertx
        .fileSystem()
        .open(file, new OpenOptions().setWrite(false).setCreate(false))
        .compose(
            open ->
                open.size()
                    .compose(size -> upload(size, (from, to) -> read(open, from, to)))
                    .eventually(open::close));
  }

  private static Future<byte[]> read(AsyncFile file, long from, long to) {
    int length = (int) (to - from);
    return file.read(Buffer.buffer(length), 0, from, length).map(Buffer::getBytes);
  }

  private Future<CodeRef> upload(long size, BiFunction<Long, Long, Future<byte[]>> source) {
    return bus.request(
            Addresses.CLIENT_BEGIN_UPLOAD, new ClientBeginUpload(new BeginUpload(account, size)))
        .map(begun -> begun.upload().id())
        .compose(
            id ->
                add(id, 0, size, source)
                    .compose(added -> finish(id))
                    .recover(cause -> abandon(id, cause)));
  }

  private Future<?> add(
      String id, long from, long size, BiFunction<Long, Long, Future<byte[]>> source) {
    if (from >= size) {
      return Future.succeededFuture();
    }
    long to = Math.min(size, from + PIECE_BYTES);
    return source
        .apply(from, to)
        .compose(
            bytes ->
                bus.request(
                    Addresses.CLIENT_ADD_TO_UPLOAD,
                    new ClientAddToUpload(new AddToUpload(account, id, from, bytes))))
        .compose(added -> add(id, to, size, source));
  }

  private Future<CodeRef> finish(String id) {
    return bus.request(
            Addresses.CLIENT_FINISH_UPLOAD,
            new ClientFinishUpload(new FinishUpload(account, id)),
            FINISH_MILLIS_MAX)
        .map(finished -> finished.upload().code());
  }

  private Future<CodeRef> abandon(String id, Throwable cause) {
    return bus.request(
            Addresses.CLIENT_ABANDON_UPLOAD,
            new ClientAbandonUpload(new AbandonUpload(account, id)))
        .transform(done -> Future.failedFuture(cause)); // forgotten in time if it is not now
  }

  /** Freezes the function as it is now. */
  public Future<Version> publishVersion(String name, String description) {
    return bus.request(
            Addresses.CLIENT_PUBLISH_VERSION,
            new ClientPublishVersion(new PublishVersion(account, namespace, name, description)))
        .map(VersionPublished::version);
  }

  /** Creates an alias of the function, or moves it. */
  public Future<Alias> putAlias(String name, String alias, Route route) {
    return bus.request(
            Addresses.CLIENT_PUT_ALIAS,
            new ClientPutAlias(new PutAlias(account, namespace, name, alias, route, null, 0)))
        .map(AliasPut::alias);
  }
}
