package io.perdure.cluster;

import java.nio.file.Path;

/**
 * Files in PEM that a node shows to the others, and holds them to.
 *
 * @param certificate of this node, issued by {@code authority}, with what is between them
 * @param key of that certificate, PKCS #8 without a password
 * @param authority whose certificates alone are accepted
 */
public record ClusterTls(Path certificate, Path key, Path authority) {}
