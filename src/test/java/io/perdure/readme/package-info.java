/**
 * Holds the README to what is true: its Java examples are code of this package that runs, its curl
 * lines are run against a node, its tables are compared with the settings and the metrics.
 */
package io.perdure.readme;
