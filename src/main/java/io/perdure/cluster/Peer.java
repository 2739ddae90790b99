package io.perdure.cluster;

import io.perdure.store.ClusterMember;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A node as the settings name it.
 *
 * @param name 1 to 32 lower case letters, digits and hyphens; unique in the cluster
 * @param host where the other nodes reach it: a name or an address, without brackets
 * @param raftPort of the replicated logs
 * @param busPort of messages between nodes
 * @param memberPort of Hazelcast, which knows who is there
 */
public record Peer(String name, String host, int raftPort, int busPort, int memberPort) {
  /** How one is written. */
  public static final String FORM = "name=host:raftPort:busPort:memberPort";

  /** Of a node. */
  static final Pattern NAME = Pattern.compile("[a-z0-9-]{1,32}");

  private static final Pattern WRITTEN =
      Pattern.compile(
          "([a-z0-9-]{1,32})=(\\[[0-9a-fA-F:.%]+]|[^:\\[\\]\\s]+):(\\d{1,5}):(\\d{1,5}):(\\d{1,5})");

  private static final Pattern LOOPBACK = Pattern.compile("localhost|127(\\.\\d{1,3}){3}|::1");

  /** Reads {@link #FORM}; an IPv6 address is in brackets. Empty when it is not one. */
  public static Optional<Peer> parse(String text) {
    Matcher written = WRITTEN.matcher(text);
    if (!written.matches()) {
      return Optional.empty();
    }
    String host = written.group(2).replaceAll("[\\[\\]]", "");
    Peer peer =
        new Peer(
            written.group(1),
            host,
            Integer.parseInt(written.group(3)),
            Integer.parseInt(written.group(4)),
            Integer.parseInt(written.group(5)));
    return peer.ports().stream().allMatch(port -> port >= 1 && port <= 65_535)
        ? Optional.of(peer)
        : Optional.empty();
  }

  /** This node as a cluster writes it down, with the directory called {@code incarnation}. */
  public ClusterMember member(String incarnation) {
    return new ClusterMember(name, incarnation, host, raftPort, busPort, memberPort);
  }

  /** Its ports in the order of {@link #FORM}. */
  List<Integer> ports() {
    return List.of(raftPort, busPort, memberPort);
  }

  /** Whether only this machine reaches it. */
  boolean isLoopback() {
    return LOOPBACK.matcher(host).matches();
  }

  /** {@code port} of it, as {@code host:port}. */
  String at(int port) {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
