package io.perdure.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** How far the replicas are, as a node tells its operator; used for figures and for patience. */
final class Groups {
  /** Under load a replica is always a few entries of the log behind. */
  private static final int CLOSE = 50;

  private static final String SHARD = "shard-";

  private Groups() {}

  /** Whether every group has an owner, and every replica of it is there and close behind. */
  static boolean areLevel(Endpoint endpoint) throws InterruptedException {
    return areLevel(told(endpoint));
  }

  /** What that node tells; nothing while it cannot be asked, since it may be what is broken. */
  private static JsonNode told(Endpoint endpoint) throws InterruptedException {
    try {
      Endpoint.Answer answer = endpoint.get("/v1/cluster");
      return answer.succeeded() ? answer.json() : MissingNode.getInstance();
    } catch (IOException notNow) {
      return MissingNode.getInstance();
    }
  }

  /**
   * Name of the node that leads each shard, as any of {@code members} tells it; a shard without a
   * leader is left out. Empty where nobody tells it, as on a node that stands alone.
   */
  static Map<Integer, String> owners(List<Member> members) throws InterruptedException {
    for (Member member : members) {
      Map<Integer, String> owners = owners(told(member.endpoint()));
      if (!owners.isEmpty()) {
        return owners;
      }
    }
    return Map.of();
  }

  static Map<Integer, String> owners(JsonNode cluster) {
    Map<Integer, String> owners = new TreeMap<>();
    for (JsonNode group : cluster.path("groups")) {
      String name = group.path("name").asText();
      if (name.startsWith(SHARD) && group.hasNonNull("owner")) {
        owners.put(Integer.valueOf(name.substring(SHARD.length())), group.path("owner").asText());
      }
    }
    return owners;
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
