/**
 * How settings are read, knowing no concern: sources, types, rules, and every problem at once.
 *
 * <p>Owns the order of precedence (defaults in code, then the JSON file, then the environment, then
 * {@code --set}), the spelling of durations and sizes, and the command line of a node. What
 * settings there are is not known here: each concern has a config record with a {@code
 * read(Section)} of its own, and {@link io.perdure.config.Settings#read} runs them all.
 *
 * <p>Thread: everything here is used by one thread, once, before anything starts. Nothing is
 * reloaded.
 *
 * <p>Decisions:
 *
 * <ul>
 *   <li>A key is declared by being read, so the code cannot know a setting that it does not use,
 *       and unknown keys can be told only after all reading. The default stands beside the reading;
 *       the explanation stands in {@code conf/perdure.json} alone, which a test compares with what
 *       was declared.
 *   <li>A wrong value is noted and reading goes on with the default, so that one start shows every
 *       mistake and not only the first one.
 *   <li>Values in the file have JSON types and are not converted ({@code "9000"} is no integer);
 *       those from the environment and from {@code --set} are text and are parsed by the declared
 *       type.
 *   <li>A duration always has a unit: a bare number has caused too many outages measured in the
 *       wrong one.
 * </ul>
 */
package io.perdure.config;
