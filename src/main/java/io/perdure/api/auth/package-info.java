/**
 * Who is calling: accounts, and the keys and tokens that prove one.
 *
 * <p>Owns the accounts file and the lookup of credentials; every dialect proves its callers with
 * what is here and knows no other source of accounts.
 *
 * <p>Thread: the file is read once, before anything starts; {@link io.perdure.api.auth.Accounts} is
 * immutable and asked on event loops.
 *
 * <p>Decisions:
 *
 * <ul>
 *   <li>A node without configured accounts makes one for itself rather than letting everybody in:
 *       the difference to no authentication is one header, and nobody forgets to switch it on.
 *   <li>Secrets of keys are kept as they are, since a signature can be checked only with them;
 *       bearer tokens only as SHA-256. Neither is in any {@code toString}, message or log line.
 *   <li>Temporary keys stand in the file too, with their token and the instant they expire: there
 *       is no service that hands them out, but programs written for one can be tried.
 *   <li>What is compared with a secret is compared in constant time, by {@link
 *       io.perdure.api.auth.Hmacs}.
 * </ul>
 */
package io.perdure.api.auth;
