package dev.kawarau.benchmark.chaos;

/** What an error reply says about the request that it answers. */
enum Errors {
    /** It never reached the server, or the server refused it. */
    NOT_APPLIED,
    /** Nobody knows. */
    MAYBE_APPLIED,
    /** It was part of a transaction, which is given up. */
    ABORTED,
    /** The server knows of no transaction. */
    NO_TRANSACTION,
    /** None of the errors that this chaos may bring. */
    UNEXPECTED;

    static Errors of(String text) {
        if (text.endsWith("the command was not sent") || text.startsWith("LOADING ")) {
            return NOT_APPLIED;
        }
        if (text.endsWith("the command changed nothing")) {
            return NOT_APPLIED;
        }
        if (text.endsWith("the command may have been applied")) {
            return MAYBE_APPLIED;
        }
        if (text.startsWith("EXECABORT ")) {
            return ABORTED;
        }
        return text.equals("ERR EXEC without MULTI") ? NO_TRANSACTION : UNEXPECTED;
    }

    /** The text without what differs from run to run. */
    static String kind(String text) {
        int server = text.indexOf("redis at ");
        if (server < 0) {
            return text;
        }
        int rest = text.indexOf(' ', server + "redis at ".length());
        return rest < 0 ? text : "redis" + text.substring(rest);
    }
}
