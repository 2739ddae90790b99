/**
 * What a customer of the cloud would try first on Perdure: Tencent's own SDK for Java, unmodified,
 * against a whole node over loopback. Every action of the dialect is driven with the SDK's model
 * classes, and what comes back is compared with the cloud's documentation.
 *
 * <p>A node is shared by the tests of a class; each test has functions, or a namespace, of its own.
 * {@code GoldenTest} holds the bytes of requests and answers, which the SDK hides.
 */
package io.perdure.api.scf.sdk;
