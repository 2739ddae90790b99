package io.perdure.config;

/**
 * A setting the code knows.
 *
 * @param key its full key, such as {@code http.port}
 * @param defaultJson its default as the file would have it, such as {@code "30s"} with its quotes
 * @param inFile whether the file has the key, be it as {@code null}
 * @param atDefault whether the value read equals the default, however either is spelled
 */
public record Declared(String key, String defaultJson, boolean inFile, boolean atDefault) {}
