package io.perdure.cluster.raft;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.cluster.raft.TestCluster.TestNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RaftTlsTest extends OnCluster {
  private static final String PASSWORD = "changeit";

  @Test
  void membersWithCertificatesOfTheAuthorityFormAGroup() throws Exception {
    Authority ours = new Authority(dir, "ours");
    for (String name : List.of("a", "b", "c")) {
      cluster.node(name, ours.issue(name));
    }
    List<TestNode> all = cluster.form("a", "b", "c");
    cluster.leader().seat().put("k", "v");
    all.forEach(node -> node.seat().awaitValue("k", "v"));
  }

  @Test
  void aMemberWithAForeignCertificateIsRefused() throws Exception {
    Authority ours = new Authority(dir, "ours");
    RaftTls foreign = new Authority(dir, "theirs").issue("c");
    cluster.node("a", ours.issue("a"));
    cluster.node("b", ours.issue("b"));
    // It trusts us; that we do not trust it must be enough.
    cluster.node("c", new RaftTls(foreign.certificate(), foreign.key(), ours.pem("ca")));
    cluster.form("a", "b", "c");
    TestNode leader = cluster.leader();
    assertNotEquals("c", leader.name);
    leader.seat().put("k", "v");
    assertNull(cluster.node("c").seat().read("k"));
    assertEquals(0, cluster.node("c").seat().replica.applied());
  }

  /** Signs certificates, by the JDK's keytool. */
  private static final class Authority {
    private final Path dir;
    private final String name;
    private final Path store;

    Authority(Path dir, String name) throws Exception {
      this.dir = dir;
      this.name = name;
      store = dir.resolve(name + ".p12");
      keytool(
          store,
          "-genkeypair",
          "-alias",
          "ca",
          "-keyalg",
          "EC",
          "-dname",
          "CN=" + name,
          "-ext",
          "bc:c",
          "-ext",
          "ku:c=keyCertSign");
      keytool(store, "-exportcert", "-rfc", "-alias", "ca", "-file", pem("ca").toString());
    }

    private Path pem(String of) {
      return dir.resolve(name + "-" + of + ".pem");
    }

    RaftTls issue(String node) throws Exception {
      Path own = dir.resolve(name + "-" + node + ".p12");
      Path request = dir.resolve(name + "-" + node + ".csr");
      keytool(own, "-genkeypair", "-alias", node, "-keyalg", "EC", "-dname", "CN=" + node);
      keytool(own, "-certreq", "-alias", node, "-file", request.toString());
      keytool(
          store,
          "-gencert",
          "-rfc",
          "-alias",
          "ca",
          "-infile",
          request.toString(),
          "-outfile",
          pem(node).toString(),
          "-ext",
          "san=ip:127.0.0.1,dns:localhost");
      Path key = pem(node + "-key");
      Files.writeString(key, privateKey(own, node));
      return new RaftTls(pem(node), key, pem("ca"));
    }

    private static String privateKey(Path store, String alias) throws Exception {
      KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
      Key key = keys.getKey(alias, PASSWORD.toCharArray());
      return "-----BEGIN PRIVATE KEY-----\n"
          + Base64.getMimeEncoder().encodeToString(key.getEncoded())
          + "\n-----END PRIVATE KEY-----\n";
    }

    private static void keytool(Path store, String... arguments)
        throws IOException, InterruptedException {
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
      command.addAll(List.of(arguments));
      command.addAll(
          List.of("-keystore", store.toString(), "-storetype", "PKCS12", "-storepass", PASSWORD));
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String said = new String(process.getInputStream().readAllBytes(), UTF_8);
      assertTrue(process.waitFor(60, TimeUnit.SECONDS), "keytool hangs");
      assertEquals(0, process.exitValue(), said);
    }
  }
}
