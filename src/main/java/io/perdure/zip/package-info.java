/**
 * Reading zips that were made by strangers: what a zip would unpack to is decided before a single
 * byte is written, by one set of rules for whoever stores a zip and whoever unpacks it.
 *
 * <p>Thread: any, one at a time for each zip; everything here blocks on the disk.
 *
 * <p>Decisions carried here:
 *
 * <ul>
 *   <li>Anything odd is refused and named, nothing is repaired or skipped: a function that finds a
 *       file missing at its first start is harder to understand than an upload that fails.
 *   <li>Sizes a zip declares are believed only where they refuse it; what counts are the bytes that
 *       come out, against a bound, and their checksum.
 *   <li>A link may only lead to what the zip itself has. Whether it does is found out by walking it
 *       as the kernel would, through other links too: comparing texts is not enough.
 * </ul>
 */
package io.perdure.zip;
