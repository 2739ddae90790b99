package io.perdure.cluster.raft;

import io.micrometer.core.instrument.MeterRegistry;
import io.perdure.store.Replica;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
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

/**
 * What this node has of Raft: one port for all its groups, one directory with their logs. Its calls
 * block, on disk and network: never on an event loop. Thread-safe.
 */
public final class RaftHost implements AutoCloseable {
  /** Held here, as a logger that nobody holds forgets its level: Ratis tells of each step. */
  private static final Logger TALK = Logger.getLogger("org.apache.ratis");

  static {
    if (TALK.getLevel() == null) { // else somebody has said what he wants to read
      TALK.setLevel(Level.WARNING);
    }
  }

  private final String cluster;
  private final RaftPeerId self;
  private final RaftConfig config;
  private final Vertx vertx;
  private final MeterRegistry meters;
  private final CheckedRpc.Leaderships leaderships;
  private final RaftServer server;
  private final Path directory;

  /** What has been opened, by name. */
  private final Map<String, Opened> opened = new ConcurrentHashMap<>();

  /** Where Ratis finds the store of a group that it is told to add. */
  private final Map<RaftGroupId, StateMachine> machines = new ConcurrentHashMap<>();

  private record Opened(RaftGroup group, GroupMeters meters) {}

  /**
   * Who this node is.
   *
   * @param cluster id of the cluster: a member of another one is never taken for one of this
   * @param self this node as a member, the same in all its groups
   * @param bindHost the address its Raft port is bound to
   * @param directory of the logs and snapshots
   * @param tls null for none
   */
  public record Identity(
      String cluster, Member self, String bindHost, Path directory, RaftTls tls) {}

  private RaftHost(
      Identity identity, RaftConfig config, RaftServer server, Path directory, Deps deps) {
    cluster = identity.cluster();
    self = server.getId();
    this.config = config;
    this.server = server;
    this.directory = directory;
    leaderships = deps.leaderships;
    vertx = deps.vertx;
    meters = deps.meters;
  }

  private record Deps(CheckedRpc.Leaderships leaderships, Vertx vertx, MeterRegistry meters) {}

  /**
   * Binds the port. Groups that are in the directory rest until they are opened.
   *
   * @throws IOException when that fails; nothing is left behind then
   */
  public static RaftHost start(
      Identity identity, RaftConfig config, Vertx vertx, MeterRegistry meters) throws IOException {
    Files.createDirectories(identity.directory());
    RaftProperties settings = RaftSettings.of(config, identity.bindHost(), identity.self().port());
    // A server starts all groups that it finds, and asks for their stores at once. So while it is
    // made it finds none.
    RaftSettings.directory(settings, identity.directory().resolve("none"));
    CheckedRpc.Leaderships leaderships = new CheckedRpc.Leaderships();
    RaftHost[] host = new RaftHost[1];
    RaftServer server =
        RaftServer.newBuilder()
            .setServerId(RaftPeerId.valueOf(identity.self().id()))
            .setStateMachineRegistry(group -> host[0].machines.get(group))
            .setProperties(settings)
            .setParameters(parameters(identity.tls(), leaderships))
            .build();
    RaftSettings.directory(settings, identity.directory());
    host[0] =
        new RaftHost(
            identity, config, server, identity.directory(), new Deps(leaderships, vertx, meters));
    try {
      server.start();
    } catch (IOException | RuntimeException | Error e) {
      host[0].close(); // some of its threads would keep the process alive
      throw e;
    }
    return host[0];
  }

  private static Parameters parameters(RaftTls tls, CheckedRpc.Leaderships leaderships) {
    Parameters parameters = new Parameters();
    leaderships.put(parameters);
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
    Requests requests = new Requests(self, id);
    Standing standing = new Standing(self.toString());
    Heartbeats heartbeats = new Heartbeats();
    leaderships.put(id, heartbeats);
    GroupMeters groupMeters = new GroupMeters(name, meters);
    GroupMember[] member = new GroupMember[1];
    machines.put(
        id,
        new GroupMachine(
            replica,
            standing,
            heartbeats,
            groupMeters,
            config.snapshotBytes(),
            () -> member[0].snapshotSoon()));
    try {
      Path log = directory.resolve(id.getUuid().toString());
      boolean fresh = !Files.isDirectory(log);
      Founders founders = new Founders(log);
      if (fresh) {
        founders.write(members);
      }
      check(server.groupManagement(requests.add(Peers.of(founders.read()), fresh)));
    } catch (IOException | RuntimeException e) {
      groupMeters.close();
      throw e;
    } finally {
      machines.remove(id);
    }
    member[0] =
        new GroupMember(
            name,
            replica,
            standing,
            heartbeats,
            requests,
            server,
            server.getDivision(id),
            vertx,
            meters);
    opened.put(name, new Opened(member[0], groupMeters));
    return member[0];
  }

  /** Removes this node's member of the group {@code name} with its log, if there is one. */
  public synchronized void leave(String name) throws IOException {
    Opened group = opened.remove(name);
    if (group != null) {
      group.meters.close();
      RaftGroupId id = groupId(name);
      check(server.groupManagement(new Requests(self, id).remove()));
      new Founders(directory.resolve(id.getUuid().toString())).remove();
    }
  }

  private RaftGroupId groupId(String name) {
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
    opened.values().forEach(group -> group.meters.close());
    opened.clear();
    try {
      server.close();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException("cannot close Raft in " + directory, e);
    }
  }
}
