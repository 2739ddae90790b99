package io.perdure.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A cluster, as its nodes agreed on it: the same on all of them.
 *
 * @param id random
 * @param replicas how many nodes are to have each shard
 * @param epochBase the fencing epoch of an opening is this plus the term of its leader; above every
 *     epoch used before there was a cluster
 * @param members all nodes, ordered by name
 */
public record Formed(String id, int replicas, long epochBase, List<ClusterMember> members) {
  public Formed {
    members = members.stream().sorted((one, other) -> one.name().compareTo(other.name())).toList();
  }

  /** The member called {@code name}. */
  public Optional<ClusterMember> member(String name) {
    return members.stream().filter(member -> member.name().equals(name)).findFirst();
  }

  /** The same with {@code member}, in the place of whoever had its name. */
  public Formed with(ClusterMember member) {
    List<ClusterMember> all = new ArrayList<>(members);
    all.removeIf(one -> one.name().equals(member.name()));
    all.add(member);
    return new Formed(id, replicas, epochBase, all);
  }

  /** As JSON, as in {@code format.json}. */
  public ObjectNode json() {
    ObjectNode json =
        Format.JSON
            .createObjectNode()
            .put("id", id)
            .put("replicas", replicas)
            .put("epochBase", epochBase);
    var list = json.putArray("members");
    for (ClusterMember member : members) {
      list.addObject()
          .put("name", member.name())
          .put("incarnation", member.incarnation())
          .put("host", member.host())
          .put("raftPort", member.raftPort())
          .put("busPort", member.busPort())
          .put("memberPort", member.memberPort());
    }
    return json;
  }

  /**
   * Reads the text of {@link #json}.
   *
   * @throws StoreException when it is not that
   */
  public static Formed of(String json) {
    try {
      return of(Format.JSON.readTree(json))
          .orElseThrow(() -> new StoreException("no cluster is described by " + json, null));
    } catch (JsonProcessingException e) {
      throw new StoreException("no cluster is described by " + json, e);
    }
  }

  /** Reads what {@link #json} writes; empty when it is not that. */
  public static Optional<Formed> of(JsonNode json) {
    List<ClusterMember> members = new ArrayList<>();
    for (JsonNode member : json.path("members")) {
      members.add(
          new ClusterMember(
              member.path("name").asText(),
              member.path("incarnation").asText(),
              member.path("host").asText(),
              member.path("raftPort").asInt(),
              member.path("busPort").asInt(),
              member.path("memberPort").asInt()));
    }
    Formed formed =
        new Formed(
            json.path("id").asText(),
            json.path("replicas").asInt(),
            json.path("epochBase").asLong(-1),
            members);
    boolean whole =
        !formed.id.isEmpty()
            && formed.replicas > 0
            && formed.epochBase >= 0
            && !members.isEmpty()
            && members.stream().noneMatch(m -> m.name().isEmpty() || m.incarnation().isEmpty());
    return whole ? Optional.of(formed) : Optional.empty();
  }
}
