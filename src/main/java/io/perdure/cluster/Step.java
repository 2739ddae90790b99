package io.perdure.cluster;

import io.perdure.bus.ClusterMessages.MemberAt;
import io.perdure.bus.Routes;
import java.util.List;

/**
 * The next thing to be done to bring replicas and leaders to where they should be. Each may be done
 * twice, and none relies on one before it: what follows is decided anew from what is then.
 */
sealed interface Step {
  /** In words, for the operator. */
  String text();

  /** {@code node} opens a replica of {@code group}, still outside of its {@code members}. */
  record Open(String node, int group, List<MemberAt> members) implements Step {
    @Override
    public String text() {
      return "opening " + name(group) + " on " + node;
    }
  }

  /** The node that leads {@code group} makes {@code to} its members instead of {@code from}. */
  record Members(String node, int group, List<String> from, List<MemberAt> to) implements Step {
    @Override
    public String text() {
      String nodes = String.join(", ", to.stream().map(MemberAt::node).toList());
      return "making " + nodes + " the members of " + name(group);
    }
  }

  /** The node that leads {@code group} hands that over to the member {@code to}. */
  record Hand(String node, int group, String to) implements Step {
    @Override
    public String text() {
      return "handing " + name(group) + " over from " + node + " to " + to;
    }
  }

  /** {@code node} removes what it has of {@code group}, of which it is no member any more. */
  record Drop(String node, int group, String id) implements Step {
    @Override
    public String text() {
      return "removing " + name(group) + " from " + node;
    }
  }

  /** The node called {@code name} has nothing left and is no part of the cluster any more. */
  record Forget(String name) implements Step {
    @Override
    public String text() {
      return "taking " + name + " out of the cluster";
    }
  }

  /** All replicas are where they should be. */
  record Settle() implements Step {
    @Override
    public String text() {
      return "all replicas are in their place";
    }
  }

  /** Nothing can be done at the moment, though there is something to do. */
  record Wait(String text) implements Step {}

  /** There is nothing to do. */
  record Rest() implements Step {
    @Override
    public String text() {
      return "nothing to do";
    }
  }

  /** What an operator calls {@code group}. */
  static String name(int group) {
    return group == Routes.REGISTRY ? "the registry" : "shard " + group;
  }
}
