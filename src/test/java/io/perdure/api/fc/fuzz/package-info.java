/**
 * Throws spoiled requests at the front door of Function Compute's API: whatever comes, the answer
 * is in time, is as every answer has to be, and never a success that nobody signed for.
 */
package io.perdure.api.fc.fuzz;
