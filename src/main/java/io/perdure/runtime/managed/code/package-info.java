/**
 * Unpacked code packages on this node, shared by the instances of a function.
 *
 * <p>Thread: callers' any; files are worked on by threads of its own.
 */
package io.perdure.runtime.managed.code;
