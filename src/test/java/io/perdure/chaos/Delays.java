package io.perdure.chaos;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Slow links: {@code tc} sends what goes to another node through a TAP device, behind which a small
 * program holds it for a while. Done like that because many kernels have no {@code netem}; needs
 * Python and {@code /dev/net/tun}. One thread.
 */
final class Delays {
  private static final String SOURCE = "/chaos/delay.py";
  private static final String TAP = "late";
  private static final int BEHIND_LOSS = 1_000;

  private final Path program;
  private final List<Process> running = new ArrayList<>();

  private Delays(Path program) {
    this.program = program;
  }

  /** Null where it does not work; tried on one node. */
  static Delays prepare(Path directory, String peers) throws IOException, InterruptedException {
    Path program = directory.resolve("delay.py");
    try (InputStream code = SkewedClock.class.getResourceAsStream(SOURCE)) {
      Files.write(program, code.readAllBytes());
    }
    Delays delays = new Delays(program);
    try {
      delays.start(0, 1, peers);
      return delays;
    } catch (IOException noneHere) {
      return null;
    } finally {
      delays.stop();
      Network.works(0, "tc filter del dev eth0 egress");
    }
  }

  /**
   * What that node sends to {@code peers} (an address and a prefix length) takes so long.
   *
   * @throws IOException when the program does not start, or {@code tc} cannot send it anything
   */
  void start(int node, int millis, String peers) throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(Network.at(node));
    words.addAll(
        List.of("python3", "-u", program.toString(), TAP, "eth0", Integer.toString(millis)));
    Process process =
        new ProcessBuilder(words).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    running.add(process);
    var said =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
    if (!"ready".equals(said.readLine())) {
      throw new IOException("nothing delays packets on " + Network.name(node));
    }
    Network.in(node, "ip link set " + TAP + " up");
    Network.in(
        node,
        "tc filter replace dev eth0 egress pref %d protocol ip u32 match ip dst %s"
                .formatted(BEHIND_LOSS, peers)
            + " action mirred egress redirect dev "
            + TAP);
  }

  /** To be called when {@code tc} redirects nothing any more. */
  void stop() throws InterruptedException {
    for (Process process : running) {
      process.destroyForcibly().waitFor();
    }
    running.clear();
  }
}
