package io.perdure.cluster;

import io.perdure.bus.Routes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * Which node leads which group, by what this node's own members of the groups say and by what the
 * other nodes tell ({@link LeaderNews}); where they differ, the greatest term is right. The number
 * of a group is that of its shard, or {@link Routes#REGISTRY}. Thread-safe; listeners are called on
 * the thread that brought the news, and hand over at once.
 */
public final class Leaders implements Routes {
  /**
   * What is known of a group.
   *
   * @param term the greatest heard of
   * @param node the leader of that term or, where a node has named it, of one after it; null for
   *     none known
   */
  private record Lead(long term, String node) {
    static final Lead NONE = new Lead(0, null);
  }

  private final String self;
  private final Map<Integer, Lead> leads = new ConcurrentHashMap<>(); // changed under this
  private final Map<Integer, Long> own = new TreeMap<>(); // group -> term; guarded by this
  private volatile int[] owned = {}; // the shards among them

  private final List<Consumer<Integer>> onOwner = new CopyOnWriteArrayList<>();
  private final List<Consumer<String>> onGone = new CopyOnWriteArrayList<>();
  private final List<Runnable> onOwn = new CopyOnWriteArrayList<>();

  /** Of the node called {@code self}. */
  public Leaders(String self) {
    this.self = self;
  }

  @Override
  public String self() {
    return self;
  }

  @Override
  public String owner(int shard) {
    return leads.getOrDefault(shard, Lead.NONE).node;
  }

  /** This node's own member leads {@code group} in {@code term}. */
  public void leading(int group, long term) {
    boolean news;
    synchronized (this) {
      own.put(group, term);
      owned = shards();
      news = set(group, new Lead(term, self));
    }
    known(group, news);
    onOwn.forEach(Runnable::run);
  }

  /**
   * This node's own member of {@code group} does not lead.
   *
   * @param leader name of the node that does; null while that is not known
   */
  public void following(int group, long term, String leader) {
    boolean led;
    boolean news = false;
    synchronized (this) {
      led = own.remove(group) != null;
      owned = shards();
      Lead now = leads.getOrDefault(group, Lead.NONE);
      if (leader != null && term >= now.term) {
        news = set(group, new Lead(term, leader));
      } else if (leader == null && (term > now.term || self.equals(now.node))) {
        set(group, new Lead(Math.max(term, now.term), null));
      }
    }
    known(group, news);
    if (led) {
      onOwn.forEach(Runnable::run);
    }
  }

  /** {@code node} has told that it leads {@code theirs}, group by term, and nothing else. */
  void told(String node, Map<Integer, Long> theirs) {
    if (node.equals(self)) {
      return;
    }
    Map<Integer, Boolean> news = new HashMap<>();
    synchronized (this) {
      leads.replaceAll(
          (group, lead) ->
              node.equals(lead.node) && !theirs.containsKey(group)
                  ? new Lead(lead.term, null) // not any more, or not yet: it will say so
                  : lead);
      theirs.forEach(
          (group, term) -> {
            if (term >= leads.getOrDefault(group, Lead.NONE).term) {
              news.put(group, set(group, new Lead(term, node)));
            }
          });
    }
    news.forEach(this::known);
  }

  /** {@code node} is not there any more; it may come back. */
  public void gone(String node) {
    synchronized (this) {
      leads.replaceAll((group, lead) -> node.equals(lead.node) ? new Lead(lead.term, null) : lead);
    }
    onGone.forEach(listener -> listener.accept(node));
  }

  @Override
  public void moved(int shard, String node, String owner) {
    boolean news = false;
    synchronized (this) {
      if (own.containsKey(shard)) {
        return; // what serves the shard here is just a little behind its member
      }
      Lead now = leads.getOrDefault(shard, Lead.NONE);
      boolean unknown = now.node == null && owner != null;
      if (unknown || Objects.equals(now.node, node)) {
        String next = Objects.equals(owner, node) ? null : owner;
        news = set(shard, new Lead(now.term, next));
      }
    }
    known(shard, news);
  }

  /** Whether that tells of an owner that was not known. Under this. */
  private boolean set(int group, Lead next) {
    Lead before = leads.put(group, next);
    String earlier = before == null ? null : before.node;
    return next.node != null && !next.node.equals(earlier);
  }

  private void known(int group, boolean news) {
    if (news) {
      onOwner.forEach(listener -> listener.accept(group));
    }
  }

  /** Under this. */
  private int[] shards() {
    return own.keySet().stream().mapToInt(group -> group).filter(group -> group >= 0).toArray();
  }

  /** The shards that this node leads at this moment; not to be changed. */
  public int[] owned() {
    return owned;
  }

  /** The shards that other nodes lead, as far as it is known. */
  public int[] ownedElsewhere() {
    return leads.entrySet().stream()
        .filter(lead -> lead.getKey() >= 0 && lead.getValue().node != null)
        .filter(lead -> !self.equals(lead.getValue().node))
        .mapToInt(Map.Entry::getKey)
        .toArray();
  }

  /** What this node leads at this moment, group by term. */
  synchronized Map<Integer, Long> own() {
    return Map.copyOf(own);
  }

  /** Runs {@code listener} whenever that changes. */
  void onOwn(Runnable listener) {
    onOwn.add(listener);
  }

  @Override
  public void onOwner(Consumer<Integer> listener) {
    onOwner.add(listener);
  }

  @Override
  public void onGone(Consumer<String> listener) {
    onGone.add(listener);
  }
}
