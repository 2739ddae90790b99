package io.perdure.cluster.raft;

import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.grpc.GrpcFactory;
import org.apache.ratis.grpc.server.GrpcLogAppender;
import org.apache.ratis.grpc.server.GrpcServices;
import org.apache.ratis.grpc.server.GrpcServicesImpl;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.ReadIndexReplyProto;
import org.apache.ratis.proto.RaftProtos.ReadIndexRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteReplyProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionReplyProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.exceptions.GroupMismatchException;
import org.apache.ratis.rpc.RpcFactory;
import org.apache.ratis.rpc.RpcType;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;
import org.apache.ratis.server.leader.LogAppender;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.util.ProtoUtils;

/**
 * Ratis's gRPC with what makes a {@link Lease} sound: the only place where that can come between
 * members. It sees what is sent to followers, and their answers; it keeps back votes ({@link
 * Votes}); and a leader that is asked by a follower how far it has to read makes sure of leading
 * first.
 */
final class CheckedRpc implements RpcType {
  private static final String GROUPS = "perdure.groups";

  /** From an answer to the next heartbeat, at most: there is to be one before the lease ends. */
  private static final long HEARTBEAT_MILLIS = TimeUnit.NANOSECONDS.toMillis(Votes.NANOS / 2);

  /**
   * What there is of one group.
   *
   * @param turn held while the member takes entries or gives its vote. Between seeing that a leader
   *     is the present one and taking its entries Ratis lets go of all locks, and may wait for an
   *     election to end: the entries of an earlier leader could come behind those of the next one
   *     and put them out of the log again, though they have been acknowledged
   */
  record Checks(Lease lease, Heartbeats heartbeats, Votes votes, Object turn) {
    Checks(Lease lease, Heartbeats heartbeats, Votes votes) {
      this(lease, heartbeats, votes, new Object());
    }
  }

  /** The groups of a server. Thread-safe. */
  static final class Groups {
    private final Map<RaftGroupId, Checks> all = new ConcurrentHashMap<>();

    void put(RaftGroupId group, Checks checks) {
      all.put(group, checks);
    }

    void put(Parameters parameters) {
      parameters.put(GROUPS, this, Groups.class);
    }

    private Checks of(RaftRpcRequestProto request) throws IOException {
      RaftGroupId group = ProtoUtils.toRaftGroupId(request.getRaftGroupId());
      Checks checks = all.get(group);
      if (checks == null) {
        throw new GroupMismatchException("no member of " + group + " here");
      }
      return checks;
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
    private final Groups groups;

    /** What sends to other members, unchecked. */
    private volatile GrpcServices services;

    Factory(Parameters parameters) {
      super(parameters);
      groups = parameters.get(GROUPS, Groups.class);
    }

    @Override
    public LogAppender newLogAppender(
        RaftServer.Division division, LeaderState state, FollowerInfo follower) {
      Checks checks = groups.all.get(division.getGroup().getGroupId());
      Lease.Line line = checks.lease.line(division.getInfo().getCurrentTerm(), follower.getId());
      LogAppender sender =
          new Sender(
              division, new WatchedLeader(state, checks.heartbeats, checks.lease, line), follower);
      checks.heartbeats.sender(sender);
      return sender;
    }

    /** Its connections are those of the services that are behind what Ratis knows. */
    private final class Sender extends GrpcLogAppender {
      Sender(RaftServer.Division division, LeaderState state, FollowerInfo follower) {
        super(division, state, follower);
      }

      @Override
      public GrpcServicesImpl getServerRpc() {
        return (GrpcServicesImpl) services;
      }

      /** As Ratis has it, but often enough for the lease whatever the election timeout is. */
      @Override
      public long getHeartbeatWaitTimeMs() {
        long answered = getFollower().getLastRpcResponseTime().elapsedTimeMs();
        long sent = getFollower().getLastHeartbeatSendTime().elapsedTimeMs();
        return Math.min(
            super.getHeartbeatWaitTimeMs(),
            Math.max(HEARTBEAT_MILLIS - answered, HEARTBEAT_MILLIS / 2 - sent));
      }
    }

    @Override
    public GrpcServices newRaftServerRpc(RaftServer server) {
      services = super.newRaftServerRpc(incoming(server, groups));
      return proxy(GrpcServices.class, new Outgoing(services, groups));
    }
  }

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
  }

  private static Object pass(Object to, Method method, Object[] arguments) throws Throwable {
    try {
      return method.invoke(to, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  /** What comes from other members, before the server sees it. */
  static RaftServer incoming(RaftServer server, Groups groups) {
    return proxy(RaftServer.class, new Incoming(server, groups));
  }

  private record Incoming(RaftServer server, Groups groups) implements InvocationHandler {
    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
      return switch (method.getName()) {
        case "appendEntriesAsync" -> append((AppendEntriesRequestProto) arguments[0]);
        case "requestVote" -> vote((RequestVoteRequestProto) arguments[0]);
        case "startLeaderElection" -> elect((StartLeaderElectionRequestProto) arguments[0]);
        case "readIndexAsync" -> readIndex((ReadIndexRequestProto) arguments[0]);
        default -> pass(server, method, arguments);
      };
    }

    private CompletableFuture<AppendEntriesReplyProto> append(AppendEntriesRequestProto request)
        throws IOException {
      Checks checks = groups.of(request.getServerRequest());
      checks.votes.heard(request.getLeaderTerm(), Votes.number(request.getServerRequest()));
      synchronized (checks.turn) {
        return server.appendEntriesAsync(request);
      }
    }

    private RequestVoteReplyProto vote(RequestVoteRequestProto request) throws IOException {
      Checks checks = groups.of(request.getServerRequest());
      return checks.votes.answer(
          request,
          asked -> {
            synchronized (checks.turn) {
              return server.requestVote(asked);
            }
          });
    }

    private StartLeaderElectionReplyProto elect(StartLeaderElectionRequestProto request)
        throws IOException {
      Checks checks = groups.of(request.getServerRequest());
      checks.votes.offered(
          new Votes.Offer(
              request.getLeaderLastEntry().getTerm(), Votes.number(request.getServerRequest())));
      synchronized (checks.turn) {
        return server.startLeaderElection(request);
      }
    }

    private CompletableFuture<ReadIndexReplyProto> readIndex(ReadIndexRequestProto request)
        throws IOException {
      return groups
          .of(request.getServerRequest())
          .heartbeats
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
  }

  /** What goes to other members, but for what a leader appends. */
  private record Outgoing(GrpcServices services, Groups groups) implements InvocationHandler {
    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
      return switch (method.getName()) {
        case "requestVote" -> vote((RequestVoteRequestProto) arguments[0]);
        case "startLeaderElection" -> elect((StartLeaderElectionRequestProto) arguments[0]);
        default -> pass(services, method, arguments);
      };
    }

    private RequestVoteReplyProto vote(RequestVoteRequestProto request) throws IOException {
      return services.requestVote(groups.of(request.getServerRequest()).votes.asking(request));
    }

    /** The last entry of a leader is of its own term: it begins with one. */
    private StartLeaderElectionReplyProto elect(StartLeaderElectionRequestProto request)
        throws IOException {
      RaftRpcRequestProto head = request.getServerRequest();
      long number = groups.of(head).lease.release(request.getLeaderLastEntry().getTerm());
      return services.startLeaderElection(
          request.toBuilder().setServerRequest(Votes.numbered(head, number)).build());
    }
  }

  /** Passes on what a sender makes and reports, and takes note of it. */
  private record WatchedLeader(
      LeaderState state, Heartbeats heartbeats, Lease lease, Lease.Line line)
      implements LeaderState {
    @Override
    public void onAppendEntriesReply(LogAppender sender, AppendEntriesReplyProto reply) {
      state.onAppendEntriesReply(sender, reply);
      if (reply.getServerReply().getSuccess()) {
        line.answered(reply.getServerReply().getCallId());
        heartbeats.answered(sender, reply.getServerReply().getCallId());
      }
    }

    @Override
    public void restart(LogAppender sender) {
      state.restart(sender);
    }

    @Override
    public AppendEntriesRequestProto newAppendEntriesRequestProto(
        FollowerInfo follower, List<LogEntryProto> entries, TermIndex previous, long callId) {
      line.sending(callId);
      AppendEntriesRequestProto made =
          state.newAppendEntriesRequestProto(follower, entries, previous, callId);
      long withdrawn = lease.withdrawn();
      return withdrawn == 0
          ? made
          : made.toBuilder()
              .setServerRequest(Votes.numbered(made.getServerRequest(), withdrawn))
              .build();
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
