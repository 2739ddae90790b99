package io.perdure.cluster.raft;

import io.micrometer.core.instrument.MeterRegistry;
import io.perdure.store.Replica;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.grpc.GrpcTlsConfig;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.statemachine.StateMachine;
import org.apache.ratis.util.ExitUtils;
import org.apache.ratis.util.FileUtils;

/**
 * What this node has of Raft: one port for all its groups, one directory with their logs. Its calls
 * block, on disk and network: never on an event loop. Thread-safe.
 */
public final class RaftHost implements AutoCloseable {
  /** Held here, as a logger that nobody holds forgets its level: Ratis tells of each step. */
  private static final Logger TALK = Logger.getLogger("org.apache.ratis");

  /** Those of its loggers that tell of each request that is not followed. */
  static final List<String> TALKS_OF_ANSWERS =
      List.of(
          "org.apache.ratis.server.RaftServer$Division",
          "org.apache.ratis.grpc.server.GrpcLogAppender",
          "org.apache.ratis.grpc.server.GrpcServerProtocolService");

  /** Held for the same reason. */
  private static final List<Logger> ANSWERS =
      TALKS_OF_ANSWERS.stream().map(Logger::getLogger).toList();

  static {
    if (TALK.getLevel() == null) { // else somebody has said what he wants to read
      TALK.setLevel(Level.WARNING);
    }
    Repeats repeats = new Repeats(System::nanoTime);
    ANSWERS.forEach(logger -> logger.setFilter(repeats));
  }

  private static final System.Logger LOG = System.getLogger(RaftHost.class.getName());

  /** What it may take to hand over what a member led that cannot go on. */
  private static final long ABDICATE_MILLIS = 1_000;

  private final String cluster;
  private final RaftPeerId self;
  private final RaftConfig config;
  private final Vertx vertx;
  private final MeterRegistry meters;
  private final CheckedRpc.Groups checks;
  private final RaftServer server;
  private final Path directory;
  private final Revival revival;
  private boolean closed; // guarded by this

  /** What has been opened, by name. */
  private final Map<String, Opened> opened = new ConcurrentHashMap<>();

  /** Where Ratis finds the store of a group that it is told to add. */
  private final Map<RaftGroupId, StateMachine> machines = new ConcurrentHashMap<>();

  /**
   * A member, and what it is made of each time it is opened.
   *
   * @param machine makes what Ratis sees of its store
   */
  private record Opened(
      RaftGroupId id,
      GroupMember member,
      Requests requests,
      GroupMeters meters,
      Supplier<StateMachine> machine) {}

  /**
   * Who this node is.
   *
   * @param cluster id of the cluster: a member of another one is never taken for one of this
   * @param self this node as a member, the same in all its groups
   * @param bindHost the address its Raft port is bound to
   * @param others where they are reached, whatever the logs say: a node may have moved to another
   *     address
   * @param directory of the logs and snapshots
   * @param tls null for none
   */
  public record Identity(
      String cluster,
      Member self,
      String bindHost,
      List<Member> others,
      Path directory,
      RaftTls tls) {}

  private RaftHost(
      Identity identity, RaftConfig config, RaftServer server, Path directory, Deps deps) {
    cluster = identity.cluster();
    self = server.getId();
    this.config = config;
    this.server = server;
    this.directory = directory;
    checks = deps.checks;
    vertx = deps.vertx;
    meters = deps.meters;
    revival = new Revival(vertx, new Place(), deps.disk);
  }

  private record Deps(
      CheckedRpc.Groups checks, Vertx vertx, MeterRegistry meters, Revival.Disk disk) {}

  /**
   * Binds the port. Groups that are in the directory rest until they are opened.
   *
   * @throws IOException when that fails; nothing is left behind then
   */
  public static RaftHost start(
      Identity identity, RaftConfig config, Vertx vertx, MeterRegistry meters) throws IOException {
    return start(identity, config, vertx, meters, new DiskProbe(identity.directory()));
  }

  /** The same, with another {@code disk} to be asked whether it takes what is written. */
  static RaftHost start(
      Identity identity, RaftConfig config, Vertx vertx, MeterRegistry meters, Revival.Disk disk)
      throws IOException {
    Files.createDirectories(identity.directory());
    RaftProperties settings = RaftSettings.of(config, identity.bindHost(), identity.self().port());
    // A server starts all groups that it finds, and asks for their stores at once. So while it is
    // made it finds none.
    RaftSettings.directory(settings, identity.directory().resolve("none"));
    CheckedRpc.Groups checks = new CheckedRpc.Groups();
    RaftHost[] host = new RaftHost[1];
    RaftServer server =
        RaftServer.newBuilder()
            .setServerId(RaftPeerId.valueOf(identity.self().id()))
            .setStateMachineRegistry(group -> host[0].machines.get(group))
            .setProperties(settings)
            .setParameters(parameters(identity.tls(), checks))
            .build();
    RaftSettings.directory(settings, identity.directory());
    server.getServerRpc().addRaftPeers(Peers.of(identity.others())); // the first address counts
    host[0] =
        new RaftHost(
            identity, config, server, identity.directory(), new Deps(checks, vertx, meters, disk));
    ExitUtils.disableSystemExit(); // else Ratis ends the process when the port is in use
    try {
      server.start();
    } catch (ExitUtils.ExitException e) { // it could not listen
      host[0].close();
      throw new IOException(
          "cannot listen to the Raft port %s:%d: %s"
              .formatted(identity.bindHost(), identity.self().port(), e.getCause().getMessage()),
          e);
    } catch (IOException | RuntimeException | Error e) {
      host[0].close(); // some of its threads would keep the process alive
      throw e;
    }
    return host[0];
  }

  private static Parameters parameters(RaftTls tls, CheckedRpc.Groups checks) {
    Parameters parameters = new Parameters();
    checks.put(parameters);
    if (tls != null) {
      GrpcConfigKeys.TLS.setConf(
          parameters,
          new GrpcTlsConfig(
              tls.key().toFile(), tls.certificate().toFile(), tls.authority().toFile(), true));
    }
    return parameters;
  }

  /**
   * Starts this node's member of the group {@code name}: for the first time or again.
   *
   * @param members who forms the group, the same on all of them. For a member that joins later,
   *     those there are, without this one, before the leader is told of it: it has no vote until it
   *     is let in, or those who join could elect one of them and know nothing. Only looked at the
   *     first time
   * @param replica open, and the caller's: to be closed after this
   */
  public synchronized RaftGroup open(String name, List<Member> members, Replica replica)
      throws IOException {
    if (opened.containsKey(name)) {
      throw new IllegalStateException("group " + name + " is open");
    }
    RaftGroupId id = groupId(name);
    Path log = log(id);
    boolean fresh = !Files.isDirectory(log);
    GroupMeters groupMeters = new GroupMeters(name, meters);
    Opened group = opened(name, id, fresh, replica, groupMeters);
    try {
      if (fresh) {
        new Founders(log).write(members);
      } else if (new VoteFile(log).isLost()) {
        long term = Math.max(replica.term(), LogFiles.lastTerm(log));
        new VoteFile(log).writeBeyond(term, self.toString());
        LOG.log(
            System.Logger.Level.WARNING,
            name + " lost its vote on a full disk and begins a far later term");
      }
      add(group, fresh);
    } catch (IOException | RuntimeException e) {
      groupMeters.close();
      throw said(name, id, e);
    }
    opened.put(name, group);
    return group.member;
  }

  private IOException said(String name, RaftGroupId id, Exception cause) {
    String damage = LogFiles.damage(log(id));
    return new IOException(
        damage == null
            ? name + " cannot be opened: " + cause.getMessage()
            : "the log of "
                + name
                + " is damaged, and nothing was changed: "
                + damage
                + ". If that file cannot be had back as it was, remove this node from the cluster"
                + " and add it again with an empty data directory, as docs/cluster.md says",
        cause);
  }

  private Opened opened(
      String name, RaftGroupId id, boolean fresh, Replica replica, GroupMeters groupMeters) {
    Requests requests = new Requests(self, id);
    Standing standing = new Standing(self.toString());
    Lease lease = new Lease(System::nanoTime);
    Heartbeats heartbeats = new Heartbeats(lease);
    // Whoever was this member before has ended: its store is open here.
    Votes votes = new Votes(fresh, System::nanoTime);
    checks.put(id, new CheckedRpc.Checks(lease, heartbeats, votes));
    GroupMember member =
        new GroupMember(
            name,
            replica,
            standing,
            heartbeats,
            requests,
            server,
            vertx,
            meters,
            groupMeters,
            revival::failed);
    return new Opened(
        id,
        member,
        requests,
        groupMeters,
        () ->
            new GroupMachine(
                replica, standing, heartbeats, votes, groupMeters, config.snapshotBytes(), member));
  }

  private void add(Opened group, boolean fresh) throws IOException {
    machines.put(group.id, group.machine.get());
    try {
      check(
          server.groupManagement(
              group.requests.add(Peers.of(new Founders(log(group.id)).read()), fresh)));
    } finally {
      machines.remove(group.id);
    }
  }

  private Path log(RaftGroupId id) {
    return directory.resolve(id.getUuid().toString());
  }

  /** What closes members and opens them again. Both do nothing once all have been closed. */
  private final class Place implements Revival.Place {
    @Override
    public Collection<GroupMember> members() {
      return opened.values().stream().map(Opened::member).toList();
    }

    @Override
    public void close(GroupMember member) throws IOException {
      synchronized (RaftHost.this) {
        Opened group = opened.get(member.name());
        if (closed || group == null || !isServed(group)) {
          return;
        }
        member.abdicate(ABDICATE_MILLIS);
        check(server.groupManagement(group.requests.remove(false)));
        LogFiles.cut(log(group.id), member.onDisk());
      }
    }

    @Override
    public void open(GroupMember member) throws IOException {
      synchronized (RaftHost.this) {
        Opened group = opened.get(member.name());
        if (closed || group == null) {
          return;
        }
        LogFiles.cut(log(group.id), member.onDisk());
        LogFiles.rewrite(log(group.id));
        VoteFile vote = new VoteFile(log(group.id));
        if (vote.isLost()) {
          vote.write(member.state().term(), self.toString());
        }
        if (vote.isWithoutMembers()) {
          new Founders(log(group.id)).write(member.state().members());
        }
        member.store().reopen();
        add(group, false);
      }
    }
  }

  /** Removes this node's member of the group {@code name} with its log, if there is one. */
  public synchronized void leave(String name) throws IOException {
    Opened group = opened.remove(name);
    if (group != null) {
      group.meters.close();
      remove(group);
      new Founders(log(group.id)).remove();
    }
  }

  private void remove(Opened group) throws IOException {
    if (isServed(group)) {
      check(server.groupManagement(group.requests.remove(true)));
    } else { // it rests
      FileUtils.deleteFully(log(group.id).toFile());
    }
  }

  private boolean isServed(Opened group) {
    for (RaftGroupId id : server.getGroupIds()) {
      if (id.equals(group.id)) {
        return true;
      }
    }
    return false;
  }

  private RaftGroupId groupId(String name) {
    return groupId(cluster, name);
  }

  static RaftGroupId groupId(String cluster, String name) {
    byte[] text = (cluster + "/" + name).getBytes(StandardCharsets.UTF_8);
    return RaftGroupId.valueOf(UUID.nameUUIDFromBytes(text));
  }

  private static void check(RaftClientReply reply) throws IOException {
    if (!reply.isSuccess()) {
      throw reply.getException();
    }
  }

  /** Ends all groups and frees the port; what was acknowledged is on disk without this. */
  @Override
  public synchronized void close() {
    closed = true;
    revival.close();
    opened.values().forEach(group -> group.meters.close());
    opened.clear();
    try {
      server.close();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException("cannot close Raft in " + directory, e);
    }
  }
}
