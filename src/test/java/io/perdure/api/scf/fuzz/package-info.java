/**
 * Throws mutated requests at the front door of SCF's API: whatever comes, the answer is in time, is
 * an envelope, and never a success that nobody signed for.
 */
package io.perdure.api.scf.fuzz;
