/**
 * Functions behind an {@code http} or {@code https} URL.
 *
 * <p>Request: {@code POST}, body = payload, {@code Content-Type: application/octet-stream}, the
 * headers {@code Perdure-Invocation-Id}, {@code Perdure-Attempt}, {@code Perdure-Function}, {@code
 * Perdure-Namespace}, {@code Perdure-Deadline} (milliseconds since the epoch), {@code traceparent}
 * when the caller sent one, and those of the custom containers of Alibaba Function Compute that
 * apply here: {@code x-fc-request-id}, {@code x-fc-function-name}, {@code x-fc-function-timeout}
 * (seconds).
 *
 * <p>Answer: 2xx is success and the body the result. 429 and 503 are "not now" and count as the
 * platform's failure, {@code Retry-After} is kept. Any other status, or an {@code x-fc-status} that
 * is not 2xx, is the function's failure, with the body as result. Redirects are not followed: where
 * a payload goes is the function's setting alone.
 *
 * <p>Could not connect is the platform's failure, for nothing has run; a connection lost later is a
 * crash of the function, for it may have run. A reused connection that the server closes at that
 * moment looks the same, hence a keep-alive below the 5 s that common servers have.
 *
 * <p>Stop: plain HTTP has no message for it. A CANCEL resets the connection at once, whatever the
 * grace, which is all a server can be told; a GRACEFUL stop lets the request go on.
 *
 * <p>Thread: the executor's event loop, on which the client's connections run too.
 */
package io.perdure.runtime.http;
