package io.perdure.cluster.raft;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.GroupManagementRequest;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.SetConfigurationRequest;
import org.apache.ratis.protocol.SnapshotManagementRequest;
import org.apache.ratis.protocol.TransferLeadershipRequest;

/**
 * What is asked of this node's own member of a group, in the form of a client's requests; each with
 * a number that is never used again. Thread-safe.
 */
final class Requests {
  private final ClientId client = ClientId.randomId();
  private final AtomicLong calls = new AtomicLong();
  private final RaftPeerId self;
  private final RaftGroupId group;

  Requests(RaftPeerId self, RaftGroupId group) {
    this.self = self;
    this.group = group;
  }

  RaftClientRequest write(Message entry) {
    return request(RaftClientRequest.writeRequestType(), entry);
  }

  /** For what is known when it is answered, not for an answer. */
  RaftClientRequest read() {
    return request(RaftClientRequest.readRequestType(false, false, true), Message.EMPTY);
  }

  private RaftClientRequest request(RaftClientRequest.Type type, Message message) {
    return RaftClientRequest.newBuilder()
        .setClientId(client)
        .setServerId(self)
        .setGroupId(group)
        .setCallId(calls.incrementAndGet())
        .setType(type)
        .setMessage(message)
        .build();
  }

  GroupManagementRequest add(List<RaftPeer> peers, boolean fresh) {
    return GroupManagementRequest.newAdd(
        client, self, calls.incrementAndGet(), RaftGroup.valueOf(group, peers), fresh);
  }

  /** Ends the member; with its files where those are to be deleted. */
  GroupManagementRequest remove(boolean files) {
    return GroupManagementRequest.newRemove(
        client, self, calls.incrementAndGet(), group, files, false);
  }

  SetConfigurationRequest members(List<RaftPeer> peers) {
    return new SetConfigurationRequest(client, self, group, calls.incrementAndGet(), peers);
  }

  /**
   * Hands leadership over.
   *
   * @param to null for whoever is elected
   */
  TransferLeadershipRequest transfer(RaftPeerId to, long timeoutMillis) {
    return new TransferLeadershipRequest(
        client, self, group, calls.incrementAndGet(), to, timeoutMillis);
  }

  SnapshotManagementRequest snapshot(long timeoutMillis) {
    return SnapshotManagementRequest.newCreate(
        client, self, group, calls.incrementAndGet(), timeoutMillis);
  }
}
