package io.perdure.cluster.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.leader.LogAppender;
import org.junit.jupiter.api.Test;

class HeartbeatsTest {
  private final List<String> sent = new ArrayList<>();
  private final Heartbeats heartbeats = new Heartbeats(new Lease(() -> 0));

  private LogAppender sender(String follower) {
    return LogAppender.class.cast(
        Proxy.newProxyInstance(
            LogAppender.class.getClassLoader(),
            new Class<?>[] {LogAppender.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("triggerHeartbeat")) {
                sent.add(follower);
                return null;
              }
              return switch (method.getName()) {
                case "getFollowerId" -> RaftPeerId.valueOf(follower);
                case "hashCode" -> System.identityHashCode(proxy);
                default -> throw new UnsupportedOperationException(method.getName());
              };
            }));
  }

  @Test
  void oneIsSentToEachOfTheOthersWhenItIsAskedFor() {
    heartbeats.sender(sender("b"));
    heartbeats.sender(sender("c"));
    heartbeats.send();
    assertEquals(List.of("b", "c"), sent.stream().sorted().toList());
  }

  @Test
  void noneIsSentByWhoeverDoesNotLeadAnyMore() {
    heartbeats.sender(sender("b"));
    heartbeats.ended();
    heartbeats.send();
    assertEquals(List.of(), sent);
  }
}
