package io.perdure.example;

import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a newcomer can try after the tour: lines for a shell that work as they are printed. */
final class NextSteps {
  private final URI base;
  private final Path dataDir;
  private final String id;
  private final String uploaded;

  /**
   * Next steps on the node at {@code base}.
   *
   * @param id of an invocation that has ended
   * @param uploaded a function that runs uploaded code, or null when there is none
   */
  NextSteps(URI base, Path dataDir, String id, String uploaded) {
    this.base = base;
    this.dataDir = dataDir;
    this.id = id;
    this.uploaded = uploaded;
  }

  void print(PrintStream out) {
    out.print(text());
  }

  String text() {
    return """

    The node stays up: Ctrl-C drains and ends it. To try next, in another terminal:

      api=%1$s/v1 fn=%1$s/v1/namespaces/default/functions
      auth="Authorization: Bearer %2$s"

      # this invocation, its log, and how many there are in each state
      curl -sS -H "$auth" $api/invocations/%3$s
      curl -sS -H "$auth" $api/invocations/%3$s/log
      curl -sS -H "$auth" $fn/words/invocations:count

      # submit; then submit and wait for the result
      curl -sS -H "$auth" -d 'hello there' $fn/shout/invocations
      curl -sS -H "$auth" -H 'Prefer: wait=10' -d 'hello there' $fn/echo/invocations
    %6$s
      # eight naps, two at a time; the last one says what it waits for; then kill the node
      for n in 1 2 3 4 5 6 7 8; do
        id=$(curl -sS -H "$auth" -d '' $fn/nap/invocations | sed 's/^{"id":"\\([^"]*\\)".*/\\1/')
      done
      curl -sS -H "$auth" $api/invocations/$id
      kill -9 %4$d

      # start it again: all eight are there and go on
      %5$s &
      sleep 5; curl -sS -H "$auth" $fn/nap/invocations:count

      # the contract, and the metrics
      curl -sS %1$s/openapi.json
      curl -sS %1$s/metrics
    """
        .formatted(base, token(), id, ProcessHandle.current().pid(), start(), codeLines());
  }

  /** What can be done with uploaded code, where its interpreter is. */
  private String codeLines() {
    return uploaded == null
        ? ""
        : """

          # uploaded code: its result with the log, its instances, its zip
          curl -sS -i -H "$auth" -H 'Perdure-Log: tail' -d 'one two two' $fn/%1$s/invoke
          curl -sS -H "$auth" $fn/%1$s/instances
          curl -sS -H "$auth" -o %1$s.zip $fn/%1$s/code

          # freeze it as a version, call that by an alias
          curl -sS -H "$auth" -X POST $fn/%1$s/versions
          curl -sS -H "$auth" -X PUT -d '{"version": "1"}' $fn/%1$s/aliases/prod
          curl -sS -H "$auth" -d 'one two two' "$fn/%1$s/invoke?qualifier=prod"
        """
            .formatted(uploaded);
  }

  /** The same node on the same port, without the tour. */
  private String start() {
    return "java -jar '%s' --set data.dir='%s' --set http.port=%d --set verticles=%s"
        .formatted(
            System.getProperty("java.class.path"), // the jar, when started with -jar
            dataDir,
            base.getPort(),
            EchoVerticle.class.getName());
  }

  /** Read from the file by the shell: a secret is shown on no terminal. */
  private String token() {
    Path accounts = dataDir.resolve("accounts.json");
    return Files.exists(accounts)
        ? "$(sed -n 's/.*\"tokens\" *: *\\[ *\"\\([^\"]*\\)\".*/\\1/p' '" + accounts + "')"
        : "TOKEN"; // an accounts file of the operator's own: it may have any form
  }
}
