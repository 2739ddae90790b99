package io.perdure.cluster;

import io.perdure.bus.ClusterMessages.ChangeNode;
import io.perdure.bus.ClusterMessages.Formats;
import io.perdure.bus.ClusterMessages.NodeChange;
import io.perdure.bus.ClusterMessages.NodeWaits;
import io.perdure.cluster.NodeTable.Entry;
import io.perdure.cluster.NodeTable.State;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import java.util.Objects;

/** What an operator may do with nodes. Pure; what is not allowed is thrown as its failure. */
final class NodeChanges {
  private NodeChanges() {}

  /**
   * {@code table} after {@code asked}; itself when there is nothing to change.
   *
   * @param waits the node of that name that waits to be added; null for none
   * @param own what the nodes of the cluster write and understand
   * @param now milliseconds since the epoch
   */
  static NodeTable apply(
      NodeTable table, ChangeNode asked, NodeWaits waits, Formats own, long now) {
    String name = asked.name();
    if (asked.change() == NodeChange.ADD) {
      return add(table, name, waits, own);
    }
    Entry entry = table.node(name).orElseThrow(() -> notFound("node", name));
    long until = now + asked.graceMillis();
    return switch (asked.change()) {
      case ADD -> throw new IllegalStateException("done above");
      case DRAIN -> drain(table, entry, until);
      case RESUME -> entry.state() == State.ACTIVE ? table : table.with(name, State.ACTIVE);
      case REMOVE -> remove(table, entry, until);
    };
  }

  private static NodeTable add(NodeTable table, String name, NodeWaits waits, Formats own) {
    Entry entry = table.node(name).orElse(null);
    if (entry != null) {
      boolean same = waits == null || Objects.equals(waits.member().id(), entry.member().id());
      if (same && entry.stays()) {
        return table;
      }
      throw conflict(
          entry.stays()
              ? name + " is a node of the cluster with another data directory: remove it first"
              : name + " is still being removed");
    }
    if (waits == null) {
      throw notFound("waiting node", name);
    }
    if (!waits.formats().read(own) || !own.read(waits.formats())) {
      throw conflict(
          name
              + " runs "
              + waits.formats().text()
              + ", which does not work together with "
              + own.text());
    }
    return table.with(waits.member()).moved(table.replicas());
  }

  private static NodeTable drain(NodeTable table, Entry entry, long until) {
    if (!entry.stays()) {
      throw conflict(entry.name() + " is being removed");
    }
    return othersActive(table.with(entry.name(), State.DRAINING, until), entry);
  }

  private static NodeTable remove(NodeTable table, Entry entry, long until) {
    NodeTable leaving = table.with(entry.name(), State.LEAVING, until);
    return entry.stays() ? othersActive(leaving.moved(table.replicas()), entry) : leaving;
  }

  private static NodeTable othersActive(NodeTable changed, Entry entry) {
    if (changed.nodes().stream().noneMatch(other -> other.state() == State.ACTIVE)) {
      throw conflict("no node but " + entry.name() + " is active: nobody could take over from it");
    }
    return changed;
  }

  private static FailureException notFound(String what, String name) {
    return new FailureException(new Failure.NotFound(what, name));
  }

  private static FailureException conflict(String message) {
    return new FailureException(new Failure.Conflict(message));
  }
}
