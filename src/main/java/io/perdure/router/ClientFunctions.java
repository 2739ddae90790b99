package io.perdure.router;

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
import io.perdure.bus.CodeMessages.UploadState;
import io.perdure.bus.Done;
import io.perdure.bus.RegistryMessages.AliasPut;
import io.perdure.bus.RegistryMessages.DeleteFunction;
import io.perdure.bus.RegistryMessages.FunctionPut;
import io.perdure.bus.RegistryMessages.FunctionsListed;
import io.perdure.bus.RegistryMessages.ListFunctions;
import io.perdure.bus.RegistryMessages.PublishVersion;
import io.perdure.bus.RegistryMessages.PutAlias;
import io.perdure.bus.RegistryMessages.PutFunction;
import io.perdure.bus.RegistryMessages.VersionPublished;
import io.vertx.core.Future;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * The part of {@link ClientVerticle} for functions and their code: hands on to who owns them, for
 * the account that the client means. Thread: event loop.
 */
final class ClientFunctions {
  /** As {@link Packages} waits: reading every entry of a large package takes its time. */
  private static final long FINISH_MILLIS_MAX = 300_000;

  private final Bus bus;
  private final Router router;
  private final UnaryOperator<String> account;

  ClientFunctions(Bus bus, Router router, UnaryOperator<String> account) {
    this.bus = bus;
    this.router = router;
    this.account = account;
  }

  Future<?> serve() {
    return Future.all(
        List.of(
            bus.serve(Addresses.CLIENT_PUT_FUNCTION, this::put),
            bus.serve(Addresses.CLIENT_GET_FUNCTION, this::get),
            bus.serve(Addresses.CLIENT_DELETE_FUNCTION, this::delete),
            bus.serve(Addresses.CLIENT_LIST_FUNCTIONS, this::list),
            bus.serve(Addresses.CLIENT_PUBLISH_VERSION, this::publish),
            bus.serve(Addresses.CLIENT_PUT_ALIAS, this::putAlias),
            bus.serve(Addresses.CLIENT_BEGIN_UPLOAD, this::begin),
            bus.serve(Addresses.CLIENT_ADD_TO_UPLOAD, this::add),
            bus.serve(Addresses.CLIENT_FINISH_UPLOAD, this::finish),
            bus.serve(Addresses.CLIENT_ABANDON_UPLOAD, this::abandon)));
  }

  private String account(String named) {
    return account.apply(named);
  }

  private Future<FunctionPut> put(ClientPutFunction asked) {
    PutFunction put = asked.put();
    return bus.request(
        Addresses.PUT_FUNCTION,
        new PutFunction(
            account(put.account()),
            put.namespace(),
            put.name(),
            put.flavour(),
            put.about(),
            put.runtime(),
            put.timeoutMillis(),
            put.concurrency(),
            put.retry(),
            put.eventAgeMillis(),
            put.retention(),
            put.paused(),
            put.by(),
            put.ifRevision()));
  }

  private Future<ClientFunction> get(ClientGetFunction asked) {
    return Future.succeededFuture(
        new ClientFunction(
            router.version(
                account(asked.account()), asked.namespace(), asked.function(), asked.qualifier())));
  }

  private Future<Done> delete(ClientDeleteFunction asked) {
    DeleteFunction delete = asked.delete();
    return bus.request(
        Addresses.DELETE_FUNCTION,
        new DeleteFunction(
            account(delete.account()), delete.namespace(), delete.name(), delete.ifRevision()));
  }

  private Future<FunctionsListed> list(ClientListFunctions asked) {
    ListFunctions list = asked.list();
    return bus.request(
        Addresses.LIST_FUNCTIONS,
        new ListFunctions(
            account(list.account()), list.namespace(), list.prefix(), list.after(), list.limit()));
  }

  private Future<VersionPublished> publish(ClientPublishVersion asked) {
    PublishVersion publish = asked.publish();
    return bus.request(
        Addresses.PUBLISH_VERSION,
        new PublishVersion(
            account(publish.account()),
            publish.namespace(),
            publish.function(),
            publish.description()));
  }

  private Future<AliasPut> putAlias(ClientPutAlias asked) {
    PutAlias put = asked.put();
    return bus.request(
        Addresses.PUT_ALIAS,
        new PutAlias(
            account(put.account()),
            put.namespace(),
            put.function(),
            put.name(),
            put.route(),
            put.about(),
            put.ifRevision()));
  }

  private Future<UploadState> begin(ClientBeginUpload asked) {
    return bus.request(
        Addresses.BEGIN_UPLOAD,
        new BeginUpload(account(asked.begin().account()), asked.begin().expected()));
  }

  private Future<UploadState> add(ClientAddToUpload asked) {
    AddToUpload add = asked.add();
    return bus.request(
        Addresses.ADD_TO_UPLOAD,
        new AddToUpload(account(add.account()), add.id(), add.offset(), add.bytes()));
  }

  private Future<UploadState> finish(ClientFinishUpload asked) {
    return bus.request(
        Addresses.FINISH_UPLOAD,
        new FinishUpload(account(asked.finish().account()), asked.finish().id()),
        FINISH_MILLIS_MAX);
  }

  private Future<Done> abandon(ClientAbandonUpload asked) {
    return bus.request(
        Addresses.ABANDON_UPLOAD,
        new AbandonUpload(account(asked.abandon().account()), asked.abandon().id()));
  }
}
