/**
 * Processes of instances: places, users, limits, and what they use.
 *
 * <p>Thread: the callers' is the executor's event loop; starts, looks at memory and disk and
 * removals have threads of their own.
 *
 * <p>Isolation, and why so: {@link io.perdure.runtime.managed.process.Isolation} finds out once
 * what the machine allows. As root the server gives each instance, not each function, a user of its
 * own, since instances may hold different callers' data, and since "everything of this user" is the
 * one thing that no process can leave: it is what is killed at the end. Memory is added up by the
 * server and not left to RLIMIT_AS, which says nothing about what Java or Node.js use; cgroups,
 * exact but rarely delegated, are used where they are. Whatever stands in front of a program on its
 * command line ({@link io.perdure.runtime.managed.process.LaunchLine}) may run as root and never
 * sees what a function chose. Output goes through pipes of ours, looked at rarely while silent,
 * which costs hundreds of idle instances less than a thread each.
 */
package io.perdure.runtime.managed.process;
