package io.perdure.bus;

/**
 * Asked twice, it has the effect and the answer of being asked once. So it is asked of the next
 * owner when it is not known what became of it with the last one.
 */
interface Repeatable {}
