/**
 * What an invocation is and how it may change: the pure core, importing {@code java.*} only.
 *
 * <p>Thread: none of its own; every type is immutable unless it says otherwise. Decision carried
 * here: one table ({@link io.perdure.invocation.Transitions}) decides every next status, and {@link
 * io.perdure.invocation.Lifecycle} turns a signal into the next value and a list of effects without
 * reading a clock or touching anything. So a test asserts a list, a replay gives the same states,
 * and each surface (native, SCF, FC) translates one set of statuses instead of having its own. What
 * becomes of the delivery of an outcome is decided here as well ({@link
 * io.perdure.invocation.Delivery}), beside the table: it never changes a status.
 */
package io.perdure.invocation;
