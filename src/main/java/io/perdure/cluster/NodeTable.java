package io.perdure.cluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.perdure.bus.ClusterMessages.MemberAt;
import io.perdure.journal.Batch;
import io.perdure.journal.Family;
import io.perdure.store.Meta;
import io.perdure.store.StoreException;
import io.perdure.store.StoreReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * The nodes of a cluster, as its operator wants them: kept in the registry's store, and written by
 * whoever owns the registry. Which of them are up is not in it.
 *
 * @param version counts changes, from 1
 * @param replicas how many nodes are to have each shard
 * @param moving whether replicas are to be moved to where they should be; a node that fails is no
 *     reason to copy anything, so somebody has to have asked
 * @param nodes by name
 */
record NodeTable(long version, int replicas, boolean moving, List<Entry> nodes) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The version of the encoding that is written, and the newest that is read. */
  private static final int FORMAT = 1;

  NodeTable {
    nodes = nodes.stream().sorted(Comparator.comparing(Entry::name)).toList();
  }

  /** What is to become of a node. */
  enum State {
    /** It has its share of replicas and may lead. */
    ACTIVE,
    /** It keeps its replicas and leads nothing. */
    DRAINING,
    /** Its replicas are moved elsewhere. */
    LEAVING;

    /** In lower case. */
    String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * A node.
   *
   * @param graceUntil where it may not lead: until when a shard may stay with it for the attempts
   *     that run there, milliseconds since the epoch by the clock of whoever owns the registry
   */
  record Entry(MemberAt member, State state, long graceUntil) {
    String name() {
      return member.node();
    }

    /** Whether it is to have replicas. */
    boolean stays() {
      return state != State.LEAVING;
    }
  }

  /** The first one: of a cluster that has been formed by {@code members}. */
  static NodeTable formed(int replicas, List<MemberAt> members) {
    return new NodeTable(
        1, replicas, false, members.stream().map(at -> new Entry(at, State.ACTIVE, 0)).toList());
  }

  /** What {@code store} has; empty when it has none yet. May block. */
  static Optional<NodeTable> read(StoreReader store) {
    byte[] bytes = store.get(Family.META, Meta.nodes());
    return bytes == null ? Optional.empty() : Optional.of(parse(bytes));
  }

  /** What makes it the one that a store has. */
  Batch batch() {
    return new Batch().put(Family.META, Meta.nodes(), bytes());
  }

  Optional<Entry> node(String name) {
    return nodes.stream().filter(entry -> entry.name().equals(name)).findFirst();
  }

  /** Names of the nodes that are to have replicas. */
  List<String> staying() {
    return nodes.stream().filter(Entry::stays).map(Entry::name).toList();
  }

  /** With {@code member} as an active node. */
  NodeTable with(MemberAt member) {
    List<Entry> more = new ArrayList<>(nodes);
    more.add(new Entry(member, State.ACTIVE, 0));
    return new NodeTable(version + 1, replicas, moving, more);
  }

  /** With the node {@code name} in {@code state}, in which nothing is waited for. */
  NodeTable with(String name, State state) {
    return with(name, state, 0);
  }

  /** With the node {@code name} in {@code state}. */
  NodeTable with(String name, State state, long graceUntil) {
    return edit(
        entry -> entry.name().equals(name) ? new Entry(entry.member(), state, graceUntil) : entry);
  }

  private NodeTable edit(UnaryOperator<Entry> change) {
    return new NodeTable(version + 1, replicas, moving, nodes.stream().map(change).toList());
  }

  /** Without the node {@code name}. */
  NodeTable without(String name) {
    return new NodeTable(
        version + 1,
        replicas,
        moving,
        nodes.stream().filter(entry -> !entry.name().equals(name)).toList());
  }

  /** With replicas being moved, to {@code count} nodes each. */
  NodeTable moved(int count) {
    return new NodeTable(version + 1, count, true, nodes);
  }

  /** With nothing left to be moved. */
  NodeTable settled() {
    return new NodeTable(version + 1, replicas, false, nodes);
  }

  byte[] bytes() {
    ObjectNode json =
        JSON.createObjectNode()
            .put("format", FORMAT)
            .put("version", version)
            .put("replicas", replicas)
            .put("moving", moving);
    var list = json.putArray("nodes");
    for (Entry entry : nodes) {
      list.addObject()
          .put("id", entry.member().id())
          .put("host", entry.member().host())
          .put("port", entry.member().port())
          .put("state", entry.state().text())
          .put("graceUntil", entry.graceUntil());
    }
    try {
      return JSON.writeValueAsBytes(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of texts and numbers cannot be written", e);
    }
  }

  static NodeTable parse(byte[] bytes) {
    try {
      JsonNode json = JSON.readTree(bytes);
      if (json.path("format").asInt() != FORMAT) {
        throw new StoreException(
            "the table of nodes has format "
                + json.path("format").asInt()
                + ", this program knows "
                + FORMAT,
            null);
      }
      List<Entry> nodes = new ArrayList<>();
      for (JsonNode node : json.path("nodes")) {
        nodes.add(
            new Entry(
                new MemberAt(
                    node.path("id").asText(),
                    node.path("host").asText(),
                    node.path("port").asInt()),
                State.valueOf(node.path("state").asText().toUpperCase(Locale.ROOT)),
                node.path("graceUntil").asLong()));
      }
      return new NodeTable(
          json.path("version").asLong(),
          json.path("replicas").asInt(),
          json.path("moving").asBoolean(),
          nodes);
    } catch (IOException | IllegalArgumentException e) {
      throw new StoreException("the table of nodes is damaged: " + e.getMessage(), e);
    }
  }
}
