/**
 * What a customer of the cloud would try first on Perdure: Alibaba's own SDKs for Java, unmodified,
 * against a whole node over loopback. Every operation of their clients is called; for version
 * 2021-04-06, which has no SDK on Maven Central, what all of them are made of is used.
 *
 * <p>{@code GoldenTest} holds the bytes of requests and answers, which the SDKs hide.
 */
package io.perdure.api.fc.sdk;
