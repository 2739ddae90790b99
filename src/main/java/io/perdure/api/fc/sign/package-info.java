/**
 * Whether a request to Function Compute's API was signed by who it says: the three schemes of its
 * clients, the tokens of temporary keys, and the memory of nonces.
 *
 * <p>Owns what is signed and how, with the quirks of the published clients; {@link
 * io.perdure.api.auth} owns the accounts and their keys. Knows nothing of operations.
 *
 * <p>Thread: any. The work is proportional to the body, so that a large one is checked on a worker.
 *
 * <p>Decisions:
 *
 * <ul>
 *   <li>The first word of the {@code Authorization} header tells the scheme, whatever the version
 *       in the path: clients of all versions use all schemes.
 *   <li>A signature is compared with a few candidates, since published clients sign different texts
 *       for the same request: the path encoded or decoded, the query or not, parameters without a
 *       value with an equals sign or without. All are keyed with the same secret, and each names
 *       one path: nobody can turn what was signed for one into another.
 *   <li>What a scheme does not sign is not protected by it: the {@code X-Fc-} headers under ACS3,
 *       the query in the FC scheme's oldest variant, the body under FC, and under acs without a
 *       {@code Content-MD5}. Who fears a change on the way puts TLS in front.
 *   <li>{@code Content-MD5} is compared with the body under acs, in the forms that clients are
 *       known to write it; a text of any other form is only signed. Under FC it is only signed: the
 *       SDK for Java sends the digest of a body to which it adds its headers afterwards.
 *   <li>A nonce counts once for each account, until the time of its request is too far in the past
 *       to be accepted: at most twice the clock skew. A repetition is refused with 403 and {@code
 *       SignatureNonceUsed}: that is not in Function Compute's own list of codes, but the code of
 *       all of the cloud's APIs under this signature, and programs look for it to sign again. The
 *       clients themselves draw another nonce for each attempt they make, so that their repetitions
 *       pass.
 *   <li>A nonce is kept last of all, behind signature, body, token and account: who cannot sign
 *       cannot fill that memory, and a request that is refused has not used its nonce up. When
 *       there are too many the oldest are forgotten first, and counted; the memory is this
 *       process's own and empty after a start.
 *   <li>ACS3 and acs have nonces. A request without one is accepted, for those who sign by hand,
 *       and can be sent again by who has captured it; one that is sent must be signed. The FC
 *       scheme has none: its date is of seconds and two equal calls within one are legal, so there
 *       is no memory of it, and a captured request is good for as long as its date.
 *   <li>An unknown key is told as such, as the cloud does. How a signature differs from the right
 *       one is never told, by text or time.
 * </ul>
 *
 * <p>Source: spec alibaba-fc, section 3; the official clients {@code openapi-util}, {@code
 * alibabacloud-gateway-fc} (Java, Go, TypeScript), {@code fc2} (Node.js, Python) and {@code
 * aliyun-java-sdk-fc}.
 */
package io.perdure.api.fc.sign;
