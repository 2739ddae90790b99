package io.perdure.cluster;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import io.perdure.bus.ClusterMessages.Formats;
import io.perdure.store.ClusterMember;
import io.perdure.store.Formed;
import io.perdure.store.ReplicatedDirectory;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * How a node with an empty directory becomes part of a cluster. A node that belongs to one already
 * only looks whether the others run what it works together with. Thread: the context that starts
 * it.
 *
 * <p>The nodes of the settings have to be there once, all of them. Each shows a card: its name, the
 * incarnation of its directory, its settings. The one with the least name alone decides: once it
 * has seen all cards it writes the cluster down, and every other node writes down what it finds
 * with a node that has, if it is in it with its present incarnation. One step is enough. There is
 * one decider, so no two nodes can have written down different clusters; and nothing is committed
 * before a majority has written it down, since only then it votes. A node that crashes before it
 * has written finds the same again. One whose directory is lost, before or after, comes back with
 * another incarnation and is refused by those that have written down the old one, whose votes it
 * must not repeat.
 *
 * <p>A node that is to join a cluster which exists shows its card and waits until a node of the
 * cluster has written it down.
 */
public final class Formation {
  private static final System.Logger LOG = System.getLogger(Formation.class.getName());
  private static final String CARD = "perdure.cluster.card";
  private static final long ANSWER_MILLIS = 2_000;
  private static final long PAUSE_MILLIS = 500;

  /** A node that belongs to the cluster waits no longer for others that do not answer. */
  private static final long MET_MILLIS = 1_000;

  /** How often it is said again what is being waited for: in rounds. */
  private static final int REPEAT_ROUNDS = 60;

  private final Vertx vertx;
  private final ClusterConfig config;
  private final ReplicatedDirectory directory;
  private final Formats formats;
  private final PeerCalls calls;
  private final Promise<Formed> formed = Promise.promise();
  private Future<Void> writing = Future.succeededFuture();
  private volatile List<String> missing = List.of();
  private String said = "";
  private int rounds;
  private long timer = -1;
  private boolean closed;

  /**
   * Of the node that has {@code directory}.
   *
   * @param formats what this program writes and understands
   */
  public Formation(
      Vertx vertx, ClusterConfig config, ReplicatedDirectory directory, Formats formats) {
    this.formats = formats;
    this.vertx = vertx;
    this.config = config;
    this.directory = directory;
    calls = new PeerCalls(vertx);
  }

  /**
   * Shows this node's card from now on, to others that form or join, and completes once the node
   * belongs to a cluster. That may take as long as it takes to start the others. A node that has
   * belonged to one before only makes sure that it works together with those who are there. Fails
   * with {@link ClusterException} when it cannot, whoever is still to come; the card is shown until
   * {@link #close} even then, so that the others can say why.
   */
  public Future<Formed> start() {
    return show()
        .compose(
            shown -> {
              Optional<Formed> already = directory.formed();
              if (already.isPresent()) {
                ask(MET_MILLIS)
                    .map(
                        cards -> {
                          checkFormats(cards);
                          return already.get();
                        })
                    .onComplete(formed);
              } else {
                next();
              }
              return formed.future();
            });
  }

  /** This node, which waits to be added, belongs to {@code cluster} from now on. */
  public Future<Void> join(Formed cluster) {
    return write(cluster);
  }

  /** Names of nodes that have not answered yet; empty once the cluster is formed. */
  public List<String> missing() {
    return missing;
  }

  Future<Void> show() {
    return calls.serve(CARD, config.node(), () -> writing.transform(w -> answered(card())));
  }

  private static Future<JsonObject> answered(Card card) {
    return Future.succeededFuture(card.json());
  }

  private Card card() {
    return new Card(
        config.self().member(directory.incarnation()),
        directory.shards(),
        config.replicas(),
        config.join(),
        config.nodes().stream().map(Peer::name).sorted().toList(),
        directory.formed(),
        formats);
  }

  private void next() {
    if (!closed && !formed.future().isComplete()) {
      round()
          .onFailure(formed::tryFail)
          .onSuccess(
              v -> {
                if (!closed && !formed.future().isComplete()) {
                  timer = vertx.setTimer(PAUSE_MILLIS, id -> next());
                }
              });
    }
  }

  /** Asks everybody once, and does what follows from it. Tests call it directly. */
  Future<Void> round() {
    return ask(ANSWER_MILLIS).compose(this::judge);
  }

  /** The cards of this node and of those who answer. */
  private Future<Map<String, Card>> ask(long millis) {
    Map<String, Card> cards = new TreeMap<>();
    cards.put(config.node(), card());
    List<Future<Void>> asked = new ArrayList<>();
    for (Peer peer : config.nodes()) {
      if (!peer.name().equals(config.node())) {
        asked.add(
            calls
                .ask(CARD, peer.name(), millis)
                .<Void>map(
                    json -> {
                      cards.put(peer.name(), Card.of(json));
                      return null;
                    })
                .otherwiseEmpty()); // not there yet
      }
    }
    return Future.join(asked).map(cards);
  }

  private Future<Void> judge(Map<String, Card> cards) {
    try {
      checkFormats(cards);
      checkShards(cards);
      Optional<Card> member = formedOne(cards);
      if (member.isPresent()) {
        return adopt(member.get());
      }
      List<String> absent =
          config.nodes().stream().map(Peer::name).filter(name -> !cards.containsKey(name)).toList();
      missing = absent;
      if (config.join()) {
        say(
            "waiting for a node of the cluster to add this one, of incarnation "
                + directory.incarnation());
        return Future.succeededFuture();
      }
      checkAlike(cards);
      if (!absent.isEmpty()) {
        say(
            "a new cluster begins once all its nodes are there; not yet: "
                + String.join(", ", absent));
        return Future.succeededFuture();
      }
      if (!config.node().equals(cards.keySet().iterator().next())) {
        return Future.succeededFuture(); // to be found with the first of them
      }
      return write(decided(cards));
    } catch (ClusterException e) {
      return Future.failedFuture(e);
    }
  }

  private Formed decided(Map<String, Card> cards) {
    return new Formed(
        UUID.randomUUID().toString(),
        config.replicas(),
        directory.epochBase(),
        cards.values().stream().map(Card::member).toList());
  }

  /** One that belongs to a cluster; all that do have to belong to the same. */
  private Optional<Card> formedOne(Map<String, Card> cards) {
    List<Card> members = cards.values().stream().filter(card -> card.formed().isPresent()).toList();
    for (Card card : members) {
      if (!card.formed().get().id().equals(members.get(0).formed().get().id())) {
        throw new ClusterException(
            members.get(0).name()
                + " and "
                + card.name()
                + " belong to different clusters: cluster.nodes names nodes of two");
      }
    }
    // Of several, one that knows this node: the others may not have heard of it yet.
    return members.stream()
        .max(Comparator.comparing(card -> card.formed().get().member(config.node()).isPresent()));
  }

  private Future<Void> adopt(Card from) {
    Formed theirs = from.formed().get();
    Optional<ClusterMember> known = theirs.member(config.node());
    boolean same = known.isPresent() && known.get().incarnation().equals(directory.incarnation());
    if (config.join() && !same) { // one of its name may have been removed since
      missing = List.of();
      say(
          "waiting to be added to the cluster of "
              + from.name()
              + ", with incarnation "
              + directory.incarnation());
      return Future.succeededFuture();
    }
    if (known.isEmpty()) {
      throw new ClusterException(
          from.name()
              + " belongs to a cluster without "
              + config.node()
              + ": start "
              + config.node()
              + " with cluster.join=true, then \"perdure cluster add\" it");
    }
    if (!same) {
      throw new ClusterException(
          from.name()
              + " knows node "
              + config.node()
              + " with the data directory "
              + known.get().incarnation()
              + ", and this one is "
              + directory.incarnation()
              + ": use the old directory or, if that is lost, \"perdure cluster remove\" the node"
              + " and add it again with cluster.join=true");
    }
    return write(theirs);
  }

  private Future<Void> write(Formed decided) {
    // Who asks meanwhile is answered when it is on disk.
    Future<Void> done =
        vertx.executeBlocking(
            () -> {
              directory.form(decided);
              return null;
            });
    writing = done.otherwiseEmpty();
    return done.onSuccess(
        v -> {
          missing = List.of();
          LOG.log(
              INFO,
              "this node, {0}, belongs to cluster {1} of {2}",
              config.node(),
              decided.id(),
              decided.members().stream().map(ClusterMember::id).collect(Collectors.joining(", ")));
          formed.tryComplete(decided);
        });
  }

  /** A node that would not be understood, or would not understand, does not begin to talk. */
  private void checkFormats(Map<String, Card> cards) {
    for (Card card : cards.values()) {
      Formats theirs = card.formats();
      if (theirs != null && !(theirs.read(formats) && formats.read(theirs))) {
        throw new ClusterException(
            card.name()
                + " runs "
                + theirs.text()
                + ", which does not work together with "
                + formats.text()
                + " of "
                + config.node()
                + ": upgrade all nodes to a version between the two first");
      }
    }
  }

  private void checkShards(Map<String, Card> cards) {
    alike(cards, "data.shards", card -> Integer.toString(card.shards()));
  }

  private void checkAlike(Map<String, Card> cards) {
    alike(cards, "cluster.replicas", card -> Integer.toString(card.replicas()));
    alike(cards, "cluster.nodes", card -> String.join(", ", card.nodes()));
    alike(cards, "cluster.join", card -> Boolean.toString(card.join()));
  }

  private void alike(Map<String, Card> cards, String setting, Function<Card, String> value) {
    String ours = value.apply(cards.get(config.node()));
    for (Card card : cards.values()) {
      if (!value.apply(card).equals(ours)) {
        throw new ClusterException(
            setting
                + " has to be the same on all nodes: it is "
                + ours
                + " on "
                + config.node()
                + " and "
                + value.apply(card)
                + " on "
                + card.name());
      }
    }
  }

  private void say(String what) {
    if (!what.equals(said) || ++rounds % REPEAT_ROUNDS == 0) {
      said = what;
      LOG.log(rounds < REPEAT_ROUNDS ? INFO : WARNING, what);
    }
  }

  /** Shows the card no more; a start that has not completed never will. */
  public Future<Void> close() {
    closed = true;
    vertx.cancelTimer(timer);
    return calls.close();
  }
}
