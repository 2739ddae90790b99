package io.perdure.cluster.raft;

import java.nio.file.Path;

/**
 * What members prove to each other with, both ways; PEM files.
 *
 * @param certificate of this node, with those between it and the authority
 * @param key the private key to it, PKCS #8
 * @param authority who signed the certificates of all nodes: others are refused
 */
public record RaftTls(Path certificate, Path key, Path authority) {}
