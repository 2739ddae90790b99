package io.perdure.cluster.raft;

import java.util.Collection;
import java.util.List;
import org.apache.ratis.proto.RaftProtos.RaftPeerProto;
import org.apache.ratis.protocol.RaftPeer;

/** Our members and those of Ratis. */
final class Peers {
  private Peers() {}

  static RaftPeer of(Member member) {
    return RaftPeer.newBuilder()
        .setId(member.id())
        .setAddress(address(member.host(), member.port()))
        .build();
  }

  static List<RaftPeer> of(Collection<Member> members) {
    return members.stream().map(Peers::of).toList();
  }

  /** In the order of their ids. */
  static List<Member> members(Collection<RaftPeer> peers) {
    return peers.stream()
        .map(peer -> member(peer.getId().toString(), peer.getAddress()))
        .sorted((a, b) -> a.id().compareTo(b.id()))
        .toList();
  }

  /** In the order of their ids. */
  static List<Member> fromLog(Collection<RaftPeerProto> peers) {
    return peers.stream()
        .map(peer -> member(peer.getId().toStringUtf8(), peer.getAddress()))
        .sorted((a, b) -> a.id().compareTo(b.id()))
        .toList();
  }

  private static Member member(String id, String address) {
    int colon = address.lastIndexOf(':');
    String host = address.substring(0, colon);
    String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    return new Member(id, bare, Integer.parseInt(address.substring(colon + 1)));
  }

  private static String address(String host, int port) {
    return host.indexOf(':') < 0 ? host + ":" + port : "[" + host + "]:" + port;
  }
}
