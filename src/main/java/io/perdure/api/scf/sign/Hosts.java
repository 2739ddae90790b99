package io.perdure.api.scf.sign;

import java.util.LinkedHashSet;
import java.util.Set;

/** The texts a client may have signed for the host it calls. */
final class Hosts {
  private Hosts() {}

  /** {@code host} without {@code :port}; itself when it has none. */
  static String withoutPort(String host) {
    int colon = host.lastIndexOf(':');
    boolean port =
        colon > 0
            && host.indexOf(']', colon) < 0 // a colon of an IPv6 address
            && host.substring(colon + 1).chars().allMatch(c -> c >= '0' && c <= '9');
    return port ? host.substring(0, colon) : host;
  }

  /**
   * The host as received, then the other way with a port: without it, or with one that a client
   * signs and its HTTP library leaves out.
   */
  static Set<String> variants(String host) {
    Set<String> all = new LinkedHashSet<>();
    all.add(host);
    String bare = withoutPort(host);
    if (bare.equals(host)) {
      all.add(host + ":80");
      all.add(host + ":443");
    } else {
      all.add(bare);
    }
    return all;
  }
}
