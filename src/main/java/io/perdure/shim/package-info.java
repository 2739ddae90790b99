/**
 * Runs a Java function: the part of Perdure that is inside the function's process. The server
 * writes these classes into a directory of their own and starts {@code java} with nothing else of
 * ours, so nothing here names anything but {@code java.*}.
 *
 * <p>Who does what: {@link io.perdure.shim.Main} speaks with the server over a Unix domain socket
 * ({@link io.perdure.shim.Wire}) and reads on while calls run, so that the end of the connection
 * ends the process at once; {@link io.perdure.shim.CallThread}s run the function; {@link
 * io.perdure.shim.Code} finds it; {@link io.perdure.shim.Handler} knows what its method takes and
 * gives; {@link io.perdure.shim.Contexts} answers the vendors' context interfaces, as they are in
 * the function's own class loader, by proxies. The function's class loader has the platform's as
 * its parent and sees none of this.
 *
 * <p>Decision: a mapper of our own between JSON and Java values instead of a library's, since a
 * library here would stand before the one the function brings, and would cost every cold start.
 */
package io.perdure.shim;
