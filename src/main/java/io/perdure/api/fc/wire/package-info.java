/**
 * Alibaba Function Compute's HTTP API as it is on the wire, whatever the operation: the three
 * generations, paths, names, errors and answers. Knows no operation and no state; thread-safe.
 */
package io.perdure.api.fc.wire;
