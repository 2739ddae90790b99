/**
 * Time as a port: what the time is, and a call at a given time. The system's clock serves a node, a
 * virtual one serves tests, so that 72 h pass in a millisecond and nothing sleeps.
 */
package io.perdure.time;
