/**
 * Speaks with instances of Python, Node.js and Java by way of a program of ours in front of the
 * users' code, and finds their interpreters.
 *
 * <p>Thread: the executor's event loop unless a class says otherwise.
 *
 * <p>Decisions on shims, the programs of ours that load users' code ({@link
 * io.perdure.runtime.managed.shim.Shims}):
 *
 * <ul>
 *   <li>A Unix domain socket a node that instances call, rather than pipes: stdin, stdout and
 *       stderr stay the function's, and what it prints can never be taken for an answer. NIO has
 *       such sockets since JDK 16, so it needs no native transport. Anybody may connect, for
 *       instances run as other users; a token of 256 bits that lets one connection in says which
 *       instance it is.
 *   <li>Frames with a length in front, payloads and results as raw bytes in them, JSON only for
 *       what is small: nothing is escaped or searched, and a result is passed on as a view of what
 *       was received.
 *   <li>The server trusts no shim, since users' code runs in the same process: whatever breaks the
 *       protocol ends that conversation, and frames are bounded before they are read.
 *   <li>A shim of Python with one call at a time listens only between calls, so that the handler
 *       has the main thread and a call costs no change of threads: about 30 us there and back. With
 *       several, whichever thread hears a call runs it, for the same reason.
 * </ul>
 */
package io.perdure.runtime.managed.shim;
