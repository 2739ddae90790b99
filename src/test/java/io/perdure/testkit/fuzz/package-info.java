/**
 * Throws spoiled requests at a server; a dialect's own fuzzer says which, and what answers must be
 * like.
 */
package io.perdure.testkit.fuzz;
