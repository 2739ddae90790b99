package io.perdure.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;

/** How far the replicas are, as a node tells its operator; used for figures and for patience. */
final class Groups {
  /** Under load a replica is always a few entries of the log behind. */
  private static final int CLOSE = 50;

  private Groups() {}

  /** Whether every group has an owner, and every replica of it is there and close behind. */
  static boolean areLevel(Endpoint endpoint) throws InterruptedException {
    try {
      Endpoint.Answer answer = endpoint.get("/v1/cluster");
      return answer.succeeded() && areLevel(answer.json());
    } catch (IOException notNow) {
      return false;
    }
  }

  static boolean areLevel(JsonNode cluster) {
    if (cluster.path("groups").isEmpty()) {
      return false;
    }
    for (JsonNode group : cluster.path("groups")) {
      if (!group.hasNonNull("owner")) {
        return false;
      }
      for (JsonNode replica : group.path("replicas")) {
        boolean close = replica.hasNonNull("lag") && replica.path("lag").asLong() <= CLOSE;
        if (!replica.path("alive").asBoolean() || !close) {
          return false;
        }
      }
    }
    return true;
  }
}
