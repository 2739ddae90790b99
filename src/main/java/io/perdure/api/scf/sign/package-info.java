/**
 * Whether a request to the cloud's API was signed by who it says: both families of signatures, and
 * the tokens of temporary keys.
 *
 * <p>Owns what is signed and how, with the quirks of the published clients; {@link
 * io.perdure.api.auth} owns the accounts and their keys. Knows nothing of actions.
 *
 * <p>Thread: any. The work is proportional to the body, so that a large one is checked on a worker.
 *
 * <p>Decisions:
 *
 * <ul>
 *   <li>A signature is compared with a few candidates, since published clients sign different texts
 *       for the same request: the host with and without its port, values as sent and in lower case.
 *       All candidates are keyed with the same secret over everything that was signed, so each is
 *       as hard to forge as one alone.
 *   <li>The service in the scope of a TC3 signature is not compared with {@code scf}: clients take
 *       it from their endpoint's name. It only takes part in the key.
 *   <li>There is no memory of requests already seen. With TC3 nothing in a request is random, and
 *       two equal calls within a second are legal; with v1 the nonce is one of 65 536 in one of the
 *       clients, so that refusing a repeated one would refuse good calls. A captured request can be
 *       replayed for as long as its timestamp is good; who fears that puts TLS in front.
 *   <li>An unknown key is told as such, as the cloud does: no use then in taking the same time for
 *       it. How a signature differs from the right one is never told, by text or time.
 *   <li>Signing keys derived for a day are kept once they have verified a request: who cannot sign
 *       cannot fill that memory.
 * </ul>
 *
 * <p>Source: documentation of Tencent Cloud API 3.0, "Signature v3" and "Signature"; the official
 * clients for Java, Node.js, Go and Python.
 */
package io.perdure.api.scf.sign;
