package dev.kawarau.transform.redis;

/**
 * What becomes of a command.
 *
 * @param asked where the prefix goes in a request
 * @param answered where it is in the reply
 */
record PrefixRule(Asked asked, Answered answered) {
    enum Asked {
        /** Nowhere: the request names no keys. */
        NOTHING,
        /** Before the keys that the table of commands tells. */
        KEYS,
        /** Before channels. */
        CHANNELS,
        /** Before channels that are published to. */
        PUBLISHED,
        /** Before channels that have no keyspace notifications. */
        PLAIN_CHANNELS,
        /** Before patterns of channels. */
        CHANNEL_PATTERNS,
        /** Before the pattern that is argument 1. */
        PATTERN,
        /** Before the pattern that is argument 2; it becomes one if there is none. */
        OPTIONAL_PATTERN,
        /** Before the pattern after MATCH; it becomes one if there is none. */
        SCAN,
        /** Before keys, and before the patterns after BY and GET. */
        SORT,
        /** Before what follows PREFIX; BCAST gets one if there is none. */
        TRACKING,
        /** Before argument 2, which the table does not call a key. */
        SECOND,
        /** The request becomes several. */
        RANDOM
    }

    enum Answered {
        /** Nowhere, but in errors. */
        SAME,
        /** In the first of the elements. */
        FIRST,
        /** In all elements. */
        ALL,
        /** In the elements of the second element. */
        SCAN,
        /** In the names of streams. */
        STREAMS,
        /** In every second element, from the first on. */
        EVERY_SECOND,
        /** In the elements of what is called prefixes. */
        TRACKING_INFO,
        /** In confirmations of subscriptions. */
        CONFIRMATIONS,
        /** In the results of a transaction's requests. */
        RESULTS
    }

    /** Whether the request can be queued between MULTI and EXEC. */
    boolean canBeQueued() {
        return asked != Asked.RANDOM && answered != Answered.CONFIRMATIONS;
    }
}
