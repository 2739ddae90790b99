/**
 * A whole node, driven over loopback as a caller would: real store, real HTTP, a clock that the
 * test moves.
 */
package io.perdure.scenario;
