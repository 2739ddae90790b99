package io.perdure.router;

/**
 * Why an invocation is in its present state.
 *
 * @param code for machines; the native API lists them all in its OpenAPI document
 * @param message one sentence for people
 */
public record Why(String code, String message) {}
