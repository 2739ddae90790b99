package io.perdure.api.fc.operation;

import io.perdure.api.fc.wire.FcCall;
import io.perdure.api.fc.wire.FcReply;
import io.perdure.api.fc.wire.Generation;
import io.perdure.api.fc.wire.Operation;
import io.vertx.core.Future;
import java.util.Set;
import java.util.stream.Stream;

/** What an account and the regions are like: there is one region, this node's. */
public final class AccountOperations {
  private AccountOperations() {}

  /** All of them. */
  public static Stream<Operation> all() {
    return Stream.of(
        Operation.of(
            "GetAccountSettings",
            "GET /account-settings",
            Set.of(Generation.V1, Generation.V2),
            AccountOperations::settings),
        Operation.of(
            "DescribeRegions", "GET /regions", Set.of(Generation.V3), AccountOperations::regions));
  }

  private static Future<FcReply> settings(FcCall call) {
    return Future.succeededFuture(
        FcReply.json(
            json -> {
              json.writeArrayFieldStart("availableAZs");
              json.writeEndArray();
              json.writeStringField("defaultRole", "");
            }));
  }

  private static Future<FcReply> regions(FcCall call) {
    return Future.succeededFuture(
        FcReply.json(
            json -> {
              json.writeObjectFieldStart("Regions");
              json.writeArrayFieldStart("Region");
              json.writeStartObject();
              json.writeStringField("RegionId", call.region());
              json.writeStringField("LocalName", call.region());
              json.writeEndObject();
              json.writeEndArray();
              json.writeEndObject();
            }));
  }
}
