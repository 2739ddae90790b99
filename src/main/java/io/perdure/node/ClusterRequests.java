package io.perdure.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.ListIterator;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What an operator asks a running node of a cluster, over HTTP. Blocking. */
final class ClusterRequests {
  private static final Duration TIMEOUT = Duration.ofSeconds(40); // a node waits 30 s for others
  private static final Duration WAIT_BETWEEN = Duration.ofMillis(500);
  private static final int UNAVAILABLE = 503;
  private static final Pattern DURATION = Pattern.compile("(\\d{1,6})(ms|s|m|h|)");
  private static final List<String> HANDING = List.of("drain", "remove");
  private static final List<String> CHANGES = List.of("add", "remove", "drain", "resume");

  static final String USAGE =
      """
      expected: cluster status
                cluster add NAME | resume NAME [--wait DURATION]
                cluster drain NAME | remove NAME [--grace DURATION] [--wait DURATION]
                cluster rebalance [--wait DURATION]
                cluster convert [--data-dir DIR]
      options:  --url URL         of any node; by default the one these settings tell of
                --token TOKEN     of the operator, the first account; by default read from the
                                  accounts file these settings tell of
                --grace DURATION  10m, 30s or 0s: how long a shard may stay with that node because
                                  attempts run there, which would run again elsewhere (5m)
                --wait DURATION   until it has come to its end, or fail; a number alone is seconds""";

  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient client = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
  private final URI url;
  private final String token;
  private final PrintStream out;

  private ClusterRequests(URI url, String token, PrintStream out) {
    this.url = url;
    this.token = token;
    this.out = out;
  }

  /** What cannot be done, in words. */
  private static final class Refused extends Exception {
    private static final long serialVersionUID = 1L;

    private final int code;

    /** Worth asking once more: a node, or the leader that it needs, may be there again soon. */
    private final boolean passing;

    Refused(int code, String message) {
      this(code, message, false);
    }

    Refused(int code, String message, boolean passing) {
      super(message);
      this.code = code;
      this.passing = passing;
    }
  }

  /** The words of a command. */
  private static final class Words {
    private final List<String> command = new ArrayList<>();
    private String url;
    private String token;
    private String grace;
    private Duration wait = Duration.ZERO;

    static Words of(List<String> all) throws Refused {
      Words words = new Words();
      ListIterator<String> rest = all.listIterator();
      while (rest.hasNext()) {
        String word = rest.next();
        switch (word) {
          case "--url" -> words.url = value(rest);
          case "--token" -> words.token = value(rest);
          case "--grace" -> words.grace = value(rest);
          case "--wait" -> words.wait = duration(value(rest));
          default -> words.command.add(word);
        }
      }
      return words;
    }

    private static String value(ListIterator<String> rest) throws Refused {
      if (!rest.hasNext()) {
        throw new Refused(2, USAGE);
      }
      return rest.next();
    }

    private static Duration duration(String text) throws Refused {
      Matcher parts = DURATION.matcher(text);
      if (!parts.matches()) {
        throw new Refused(2, USAGE);
      }
      long count = Long.parseLong(parts.group(1));
      return switch (parts.group(2)) {
        case "ms" -> Duration.ofMillis(count);
        case "m" -> Duration.ofMinutes(count);
        case "h" -> Duration.ofHours(count);
        default -> Duration.ofSeconds(count);
      };
    }

    String verb() {
      return command.isEmpty() ? "" : command.get(0);
    }
  }

  /**
   * Does what {@code words}, behind {@code cluster}, ask for.
   *
   * @return exit code: 0 done, 1 refused or nobody answers, 2 wrong arguments
   */
  static int run(NodeConfig config, List<String> words, PrintStream out, PrintStream err) {
    try {
      Words of = Words.of(words);
      boolean change = CHANGES.contains(of.verb());
      boolean other = of.verb().equals("status") || of.verb().equals("rebalance");
      boolean graceless = of.grace == null || HANDING.contains(of.verb());
      if (of.command.size() != (change ? 2 : 1) || !(change || other) || !graceless) {
        throw new Refused(2, USAGE);
      }
      ClusterRequests commands = new ClusterRequests(url(of, config), token(of, config), out);
      if (of.verb().equals("status")) {
        commands.status();
      } else {
        commands.change(of);
      }
      return 0;
    } catch (Refused e) {
      err.println("perdure: " + e.getMessage());
      return e.code;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      err.println("perdure: interrupted");
      return 1;
    }
  }

  private static URI url(Words words, NodeConfig config) throws Refused {
    try {
      if (words.url != null) {
        URI url = URI.create(words.url.replaceFirst("/+$", ""));
        if (url.getHost() == null || !"http".equals(url.getScheme().replace("https", "http"))) {
          throw new Refused(2, words.url + " is no URL of a node");
        }
        return url;
      }
      String host = config.api().host();
      String reached = host.equals("0.0.0.0") || host.equals("::") ? "127.0.0.1" : host;
      return URI.create(
          "http://" + (reached.contains(":") ? "[" + reached + "]" : reached) + ":" + port(config));
    } catch (IllegalArgumentException | NullPointerException e) {
      throw new Refused(2, words.url + " is no URL of a node");
    }
  }

  /** As set; of a node that was started on any free port, the one that it has told. */
  private static String port(NodeConfig config) throws Refused {
    if (config.api().port() > 0) {
      return Integer.toString(config.api().port());
    }
    Path told = config.data().directory().resolve("http.port");
    try {
      return Files.readString(told).strip();
    } catch (IOException e) {
      throw new Refused(1, "no node has told its port in " + told + ": --url names one");
    }
  }

  private static String token(Words words, NodeConfig config) throws Refused {
    if (words.token != null) {
      return words.token;
    }
    Path file =
        config.accountsFile().orElseGet(() -> config.data().directory().resolve("accounts.json"));
    try {
      String token = JSON.readTree(Files.readAllBytes(file)).at("/accounts/0/tokens/0").asText();
      if (!token.isEmpty()) {
        return token;
      }
    } catch (IOException e) {
      throw new Refused(1, "no token: " + file + " cannot be read, and there is no --token");
    }
    throw new Refused(1, "no token: the first account of " + file + " has none");
  }

  private void change(Words words) throws Refused, InterruptedException {
    String path =
        words.command.size() == 1
            ? "/v1/cluster/rebalance"
            : "/v1/cluster/nodes/" + name(words.command.get(1)) + ":" + words.verb();
    ask("POST", words.grace == null ? path : path + "?grace=" + words.grace);
    out.println(String.join(" ", words.command) + ": accepted");
    if (!words.wait.isZero()) {
      await(words);
      out.println(String.join(" ", words.command) + ": done");
    }
  }

  private static String name(String text) throws Refused {
    if (!text.matches("[a-z0-9-]{1,32}")) {
      throw new Refused(2, text + " is no name of a node");
    }
    return text;
  }

  private void await(Words words) throws Refused, InterruptedException {
    long end = System.nanoTime() + words.wait.toNanos();
    String said = "";
    while (true) {
      String now;
      try {
        JsonNode cluster = ask("GET", "/v1/cluster");
        if (isDone(words, cluster)) {
          return;
        }
        now = cluster.path("now").isNull() ? said : cluster.path("now").asText();
      } catch (Refused e) {
        if (!e.passing) {
          throw e;
        }
        now = e.getMessage(); // what was accepted goes on without whoever is asked
      }
      if (!now.equals(said)) {
        said = now;
        out.println(now);
      }
      if (System.nanoTime() > end) {
        throw new Refused(
            1,
            String.join(" ", words.command)
                + " goes on after "
                + words.wait.toSeconds()
                + " s: "
                + now);
      }
      Thread.sleep(WAIT_BETWEEN.toMillis());
    }
  }

  private static boolean isDone(Words words, JsonNode cluster) {
    if (!words.verb().equals("drain")) {
      return words.verb().equals("resume") || !cluster.path("moving").asBoolean();
    }
    for (JsonNode node : cluster.path("nodes")) {
      if (node.path("name").asText().equals(words.command.get(1))) {
        return node.path("drained").asBoolean();
      }
    }
    return false;
  }

  private JsonNode ask(String method, String path) throws Refused, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url + path))
            .timeout(TIMEOUT)
            .header("Authorization", "Bearer " + token)
            .method(method, BodyPublishers.noBody())
            .build();
    try {
      HttpResponse<byte[]> answer = client.send(request, BodyHandlers.ofByteArray());
      JsonNode json = JSON.readTree(answer.body());
      if (answer.statusCode() >= 300) {
        String why = answer.statusCode() + ": " + json.path("detail").asText();
        throw new Refused(1, why, answer.statusCode() == UNAVAILABLE);
      }
      return json;
    } catch (IOException e) {
      String why = url + " does not answer as a node does, --url names another one: " + e;
      throw new Refused(1, why, true);
    }
  }

  // ---- what is printed

  private void status() throws Refused, InterruptedException {
    JsonNode cluster = ask("GET", "/v1/cluster");
    List<String[]> nodes = new ArrayList<>();
    nodes.add(
        new String[] {
          "NODE", "STATE", "ALIVE", "LEADS", "REPLICAS", "GUESTS", "VERSION", "ADDRESS"
        });
    for (JsonNode node : cluster.path("nodes")) {
      nodes.add(
          new String[] {
            node.path("name").asText(),
            node.path("state").asText(),
            node.path("alive").asBoolean() ? "yes" : "NO",
            node.path("leads").asText(),
            node.path("replicas").asText(),
            node.path("guests").asText(),
            node.path("version").isNull() ? "-" : node.path("version").asText(),
            node.path("host").asText() + ":" + node.path("raftPort").asText()
          });
    }
    print(nodes);
    List<String[]> groups = new ArrayList<>();
    groups.add(new String[] {"GROUP", "OWNER", "TERM", "REPLICAS (entries behind)"});
    for (JsonNode group : cluster.path("groups")) {
      List<String> replicas = new ArrayList<>();
      group.path("replicas").forEach(replica -> replicas.add(replica(replica)));
      groups.add(
          new String[] {
            group.path("name").asText(),
            group.path("owner").isNull() ? "NONE" : group.path("owner").asText(),
            group.path("term").asText(),
            String.join(" ", replicas)
          });
    }
    out.println();
    print(groups);
    out.println();
    String now = cluster.path("now").isNull() ? "nothing to do" : cluster.path("now").asText();
    out.println((cluster.path("moving").asBoolean() ? "moving replicas: " : "") + now);
  }

  private static String replica(JsonNode replica) {
    String name = replica.path("node").asText();
    if (!replica.path("alive").asBoolean()) {
      return name + "(GONE)";
    }
    long lag = replica.path("lag").asLong();
    return lag == 0 ? name : name + "(" + (replica.path("lag").isNull() ? "?" : lag) + ")";
  }

  /** As a table whose columns are as wide as they need to be. */
  private void print(List<String[]> rows) {
    int columns = rows.get(0).length;
    for (String[] row : rows) {
      StringBuilder line = new StringBuilder();
      for (int column = 0; column < columns; column++) {
        int at = column;
        int width = rows.stream().mapToInt(r -> r[at].length()).max().orElse(1);
        line.append(String.format(Locale.ROOT, "%-" + Math.max(1, width) + "s  ", row[column]));
      }
      out.println(line.toString().stripTrailing());
    }
  }
}
