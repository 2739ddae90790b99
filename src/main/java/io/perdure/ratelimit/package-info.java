/**
 * How many calls a second an account may make of each operation of each dialect.
 *
 * <p>Owns the token buckets, keyed (account, dialect, action), in memory only: a restart begins
 * with full ones. Thread: one event loop; a decision is arithmetic and touches nothing else.
 *
 * <p>Decision carried here: a token bucket with a burst of one second's calls, since the clouds
 * publish a rate but no shape of the window, and a bucket has no edge at which twice the rate gets
 * through. The number of buckets is bounded: one unused for as long as it takes to fill says no
 * more than a new one, so it is dropped.
 *
 * <p>In a cluster a rate holds over all nodes: each key has a home, the owner of the shard that its
 * hash leads to, which is asked and waited for 500 ms: for every call at rates up to 100/s, and for
 * leases of at most 50 ms' worth above ({@link io.perdure.ratelimit.LeasedTokens}). A home that
 * cannot be asked is no reason to let calls pass, for limits protect; nor is the call lost: it is
 * refused as unavailable, to be repeated after a second. A new home knows nothing of what was
 * granted before it, so its buckets begin empty. What is asked in one turn travels together.
 */
package io.perdure.ratelimit;
