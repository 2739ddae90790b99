package io.perdure.cluster.raft;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.grpc.GrpcFactory;
import org.apache.ratis.grpc.server.GrpcServices;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.ReadIndexReplyProto;
import org.apache.ratis.proto.RaftProtos.ReadIndexRequestProto;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.rpc.RpcFactory;
import org.apache.ratis.rpc.RpcType;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;
import org.apache.ratis.server.leader.LogAppender;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.util.ProtoUtils;

/**
 * Ratis's gRPC, with {@link Heartbeats} on it: the only place where the replies of followers can be
 * seen. A leader that is asked by a follower how far it has to read asks the others first, too.
 */
final class CheckedRpc implements RpcType {
  private static final String LEADERSHIPS = "perdure.leaderships";

  /** The heartbeats of the groups of a server. Thread-safe. */
  static final class Leaderships {
    private final Map<RaftGroupId, Heartbeats> all = new ConcurrentHashMap<>();

    void put(RaftGroupId group, Heartbeats heartbeats) {
      all.put(group, heartbeats);
    }

    void put(Parameters parameters) {
      parameters.put(LEADERSHIPS, this, Leaderships.class);
    }
  }

  /** By this name it is found, and made. */
  @Override
  public String name() {
    return CheckedRpc.class.getName();
  }

  @Override
  public RpcFactory newFactory(Parameters parameters) {
    return new Factory(parameters);
  }

  private static final class Factory extends GrpcFactory {
    private final Leaderships leaderships;

    Factory(Parameters parameters) {
      super(parameters);
      leaderships = parameters.get(LEADERSHIPS, Leaderships.class);
    }

    @Override
    public LogAppender newLogAppender(
        RaftServer.Division division, LeaderState state, FollowerInfo follower) {
      Heartbeats heartbeats = leaderships.all.get(division.getGroup().getGroupId());
      LogAppender sender =
          super.newLogAppender(division, new WatchedLeader(state, heartbeats), follower);
      heartbeats.sender(sender);
      return sender;
    }

    @Override
    public GrpcServices newRaftServerRpc(RaftServer server) {
      return super.newRaftServerRpc(
          (RaftServer)
              Proxy.newProxyInstance(
                  RaftServer.class.getClassLoader(),
                  new Class<?>[] {RaftServer.class},
                  (proxy, method, arguments) ->
                      method.getName().equals("readIndexAsync")
                          ? readIndex(server, (ReadIndexRequestProto) arguments[0])
                          : pass(server, method, arguments)));
    }

    private CompletableFuture<ReadIndexReplyProto> readIndex(
        RaftServer server, ReadIndexRequestProto request) throws IOException {
      Heartbeats heartbeats =
          leaderships.all.get(
              ProtoUtils.toRaftGroupId(request.getServerRequest().getRaftGroupId()));
      if (heartbeats == null) {
        return server.readIndexAsync(request); // fails
      }
      return heartbeats
          .confirm()
          .thenCompose(
              led -> {
                try {
                  return server.readIndexAsync(request);
                } catch (IOException e) {
                  return CompletableFuture.failedFuture(e);
                }
              });
    }

    private static Object pass(RaftServer server, Method method, Object[] arguments)
        throws Throwable {
      try {
        return method.invoke(server, arguments);
      } catch (InvocationTargetException e) {
        throw e.getCause();
      }
    }
  }

  /** Passes on what a sender reports, and takes note of answers. */
  private record WatchedLeader(LeaderState state, Heartbeats heartbeats) implements LeaderState {
    @Override
    public void onAppendEntriesReply(LogAppender sender, AppendEntriesReplyProto reply) {
      state.onAppendEntriesReply(sender, reply);
      heartbeats.answered(sender, reply);
    }

    @Override
    public void restart(LogAppender sender) {
      state.restart(sender);
    }

    @Override
    public AppendEntriesRequestProto newAppendEntriesRequestProto(
        FollowerInfo follower, List<LogEntryProto> entries, TermIndex previous, long callId) {
      return state.newAppendEntriesRequestProto(follower, entries, previous, callId);
    }

    @Override
    public void checkHealth(FollowerInfo follower) {
      state.checkHealth(follower);
    }

    @Override
    public boolean onFollowerTerm(FollowerInfo follower, long term) {
      return state.onFollowerTerm(follower, term);
    }

    @Override
    public void onFollowerCommitIndex(FollowerInfo follower, long index) {
      state.onFollowerCommitIndex(follower, index);
    }

    @Override
    public void onFollowerSuccessAppendEntries(FollowerInfo follower) {
      state.onFollowerSuccessAppendEntries(follower);
    }

    @Override
    public boolean isFollowerBootstrapping(FollowerInfo follower) {
      return state.isFollowerBootstrapping(follower);
    }
  }
}
