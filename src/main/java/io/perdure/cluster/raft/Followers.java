package io.perdure.cluster.raft;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.ratis.proto.RaftProtos.ServerRpcProto;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.RaftServer;

/** What a leader knows of the other members; nothing where it does not lead. */
final class Followers {
  private Followers() {}

  /** How far the log of each reaches, by id. */
  static Map<String, Long> matched(DivisionInfo leader) {
    long[] indexes = leader.getFollowerMatchIndices();
    List<ServerRpcProto> followers = all(leader);
    Map<String, Long> matched = new HashMap<>();
    if (indexes != null && indexes.length == followers.size()) { // else it changes at this moment
      for (int i = 0; i < indexes.length; i++) {
        matched.put(id(followers.get(i)), indexes[i]);
      }
    }
    return matched;
  }

  /** Ids of those that have been heard lately, who has most of the log first. */
  static List<String> heard(RaftServer.Division leader) {
    Map<String, Long> matched = matched(leader.getInfo());
    return all(leader.getInfo()).stream()
        .filter(of -> of.getLastRpcElapsedTimeMs() <= leader.properties().maxRpcTimeoutMs())
        .map(Followers::id)
        .filter(matched::containsKey)
        .sorted(Comparator.comparing((String id) -> -matched.get(id)))
        .toList();
  }

  /** By which one sees how far a change of members is: those who are to join are none yet. */
  static Object progress(RaftServer.Division leader) {
    RaftConfiguration members = leader.getRaftConf();
    Map<String, Long> joining = matched(leader.getInfo());
    joining.keySet().removeIf(id -> members.getPeer(RaftPeerId.valueOf(id)) != null);
    return List.of(members.getLogEntryIndex(), joining);
  }

  private static List<ServerRpcProto> all(DivisionInfo leader) {
    return leader.getRoleInfoProto().getLeaderInfo().getFollowerInfoList();
  }

  private static String id(ServerRpcProto follower) {
    return follower.getId().getId().toStringUtf8();
  }
}
