package dev.kawarau.transform.consistency;

/**
 * The rules of one {@link TunableConsistency}. Immutable, but for the clock and the meters.
 *
 * @param reads how many replicas a read hears
 * @param writes how many replicas hold a version when it is acknowledged or read
 * @param maxLateBytes what a replica may owe answers to, of one loop, before it is passed over
 * @param hintBytes what is kept for a replica, of one loop
 */
record Quorum(
        Versioning versioning,
        HybridClock clock,
        QuorumMeters meters,
        int replicas,
        int reads,
        int writes,
        long timeoutNanos,
        long maxLateBytes,
        long hintBytes,
        long hintNanos) {}
