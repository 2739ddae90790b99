/**
 * The start of a node. {@link io.perdure.Main} reads the settings, starts the node and ends the
 * process; everything else has a package of its own below, by concern, with arrows in one
 * direction, which {@code PackageRulesTest} holds.
 */
package io.perdure;
