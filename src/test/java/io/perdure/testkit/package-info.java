/**
 * What tests of several packages share. Nothing in here is a copy of, or stands in for, our code.
 */
package io.perdure.testkit;
