package io.perdure.cluster.raft;

import java.util.List;
import java.util.Map;

/**
 * How a group looks from one of its members, at this moment.
 *
 * @param leader id of the member that leads as far as this one knows; null for none
 * @param term the member's present term
 * @param ready whether this member leads and has applied all that was decided before its term
 * @param members of the group's present configuration
 * @param committed index of the last entry known to be committed
 * @param applied index of the last entry this member's store has
 * @param matched on the leader: how far the log of each other member reaches, by id; else empty
 */
public record GroupState(
    String leader,
    long term,
    boolean ready,
    List<Member> members,
    long committed,
    long applied,
    Map<String, Long> matched) {}
