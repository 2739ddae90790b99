package io.perdure.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.perdure.bus.ClusterMessages.Formats;
import io.perdure.store.ClusterMember;
import io.perdure.store.Formed;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;

/**
 * What a node shows of itself.
 *
 * @param member the node
 * @param shards number of them that its directory was made with
 * @param replicas its setting
 * @param join its setting
 * @param nodes the names in its settings, ordered
 * @param formed what it belongs to; empty while it belongs to nothing
 * @param formats of its program; null where that does not tell
 */
record Card(
    ClusterMember member,
    int shards,
    int replicas,
    boolean join,
    List<String> nodes,
    Optional<Formed> formed,
    Formats formats) {
  private static final ObjectMapper JSON = new ObjectMapper();

  String name() {
    return member.name();
  }

  JsonObject json() {
    JsonObject json =
        new JsonObject()
            .put("name", member.name())
            .put("incarnation", member.incarnation())
            .put("host", member.host())
            .put("raftPort", member.raftPort())
            .put("busPort", member.busPort())
            .put("memberPort", member.memberPort())
            .put("shards", shards)
            .put("replicas", replicas)
            .put("join", join)
            .put("nodes", new JsonArray(nodes))
            .put(
                "formats",
                new JsonObject()
                    .put("version", formats.version())
                    .put("bus", formats.bus())
                    .put("busRead", formats.busRead())
                    .put("busReadTo", formats.busReadTo())
                    .put("store", formats.store())
                    .put("storeRead", formats.storeRead())
                    .put("storeReadTo", formats.storeReadTo()));
    formed.ifPresent(it -> json.put("formed", it.json().toString()));
    return json;
  }

  static Card of(JsonObject json) {
    return new Card(
        new ClusterMember(
            json.getString("name"),
            json.getString("incarnation"),
            json.getString("host"),
            json.getInteger("raftPort"),
            json.getInteger("busPort"),
            json.getInteger("memberPort")),
        json.getInteger("shards"),
        json.getInteger("replicas"),
        json.getBoolean("join"),
        json.getJsonArray("nodes").stream().map(Object::toString).toList(),
        Optional.ofNullable(json.getString("formed")).flatMap(Card::formed),
        formats(json.getJsonObject("formats")));
  }

  private static Formats formats(JsonObject json) {
    return json == null
        ? null
        : new Formats(
            json.getString("version"),
            json.getInteger("bus"),
            json.getInteger("busRead"),
            json.getInteger("busReadTo"),
            json.getInteger("store"),
            json.getInteger("storeRead"),
            json.getInteger("storeReadTo"));
  }

  private static Optional<Formed> formed(String text) {
    try {
      JsonNode json = JSON.readTree(text);
      return Formed.of(json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
