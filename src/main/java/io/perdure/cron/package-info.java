/**
 * Cron expressions: read, written in one way, and the next time of one in a time zone. Pure: no
 * clock, no thread, nothing known of schedules or functions.
 *
 * <p>Owns the dialect of the expressions. It is that of SCF's timers, seven fields {@code second
 * minute hour day month weekday year}; with six the year is left out, with five the second as well,
 * as the vendor's tools write them and as crontab has it.
 *
 * <p>Decisions carried here:
 *
 * <ul>
 *   <li>Day and weekday both given: either matches. Given means that the field is not a lone {@code
 *       *} or {@code ?}.
 *   <li>Years are bounded, 1970 to 2099, so every search ends: what fires no more has no next time.
 *   <li>Where clocks go forward, a time that is left out fires once, right behind the gap; where
 *       they go back, a time that comes twice fires at its first pass. An expression for every hour
 *       of the day is about time that passes and not about the time of day: it fires as on any
 *       other day, in both passes, and nothing is made up for a gap.
 * </ul>
 */
package io.perdure.cron;
