package io.perdure.zip;

/**
 * How much a zip may unpack to.
 *
 * @param filesMax most files, links and directories, those only implied by a path included
 * @param unpackedBytesMax most bytes of all files together
 */
public record ZipBounds(int filesMax, long unpackedBytesMax) {}
