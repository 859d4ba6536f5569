package dev.kawarau.transform.redis;

import dev.kawarau.Failure;
import dev.kawarau.Message;
import dev.kawarau.Reply;
import dev.kawarau.resp.RespCommand;
import dev.kawarau.resp.RespCommands;
import dev.kawarau.resp.RespMessage;
import dev.kawarau.resp.RespValue;
import dev.kawarau.resp.RespVersion;
import dev.kawarau.transform.consistency.Part;
import dev.kawarau.transform.consistency.Plan;
import dev.kawarau.transform.consistency.Version;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Which commands read and write whole values, and how. Immutable. */
final class StampedCommands {
    private static final String NO_INTEGER = "ERR value is not an integer or out of range";
    private static final String SYNTAX = "ERR syntax error";

    /** What any server may answer: nothing of it is about keys. */
    private static final Set<String> ANY = Set.of(
            "PING",
            "ECHO",
            "TIME",
            "INFO",
            "ROLE",
            "CONFIG|GET",
            "COMMAND",
            "COMMAND|COUNT",
            "COMMAND|DOCS",
            "COMMAND|INFO",
            "COMMAND|LIST",
            "COMMAND|GETKEYS",
            "COMMAND|GETKEYSANDFLAGS",
            "COMMAND|HELP");

    /** One command at hand. */
    record Call(RespMessage request, List<byte[]> words, int database, RespVersion version, long millis) {
        String name() {
            return request.command().name();
        }

        RespMessage answer(RespValue value) {
            return RespMessage.of(value, version);
        }
    }

    private interface Planner {
        Plan plan(Call call);
    }

    private final Map<RespCommand, Planner> planners = new HashMap<>();
    private final Set<String> covered = new TreeSet<>();
    private final byte[] suffix;
    private final long graceMillis;

    StampedCommands(byte[] suffix, long graceMillis) {
        this.suffix = suffix;
        this.graceMillis = graceMillis;
        ANY.forEach(name -> planners.put(RespCommands.find(name), call -> new Plan.AnyReplica()));
        reads("GET", (call, value) -> value == null ? RespValue.nil() : RespValue.bulk(value));
        reads("STRLEN", (call, value) -> RespValue.integer(value == null ? 0 : value.length));
        reads("TYPE", (call, value) -> RespValue.simple(value == null ? "none" : "string"));
        covers("GETRANGE", this::range);
        covers("SUBSTR", this::range);
        covers("TTL", call -> life(call, expires -> (Math.max(0, expires - call.millis()) + 500) / 1000));
        covers("PTTL", call -> life(call, expires -> Math.max(0, expires - call.millis())));
        covers("EXPIRETIME", call -> life(call, expires -> (expires + 500) / 1000));
        covers("PEXPIRETIME", call -> life(call, expires -> expires));
        covers("MGET", this::mget);
        covers("EXISTS", call -> byKey(reading(call), found -> call.answer(RespValue.integer(present(found)))));
        covers("DEL", this::delete);
        covers("UNLINK", this::delete);
        covers("SET", this::set);
        covers("SETEX", call -> setExpiring(call, 1000));
        covers("PSETEX", call -> setExpiring(call, 1));
        covers("MSET", this::mset);
    }

    private void covers(String name, Planner planner) {
        RespCommand command = RespCommands.find(name);
        if (!command.isKnown()) {
            throw new IllegalStateException("the command table lacks " + name);
        }
        planners.put(command, planner);
        covered.add(name);
    }

    private interface Reading {
        RespValue answer(Call call, byte @Nullable [] value);
    }

    private void reads(String name, Reading reading) {
        covers(
                name,
                call -> byKey(
                        List.of(StampedPart.read(key(call, 1), graceMillis)),
                        found -> call.answer(reading.answer(call, value(found.get(0))))));
    }

    /** @throws Failure if the command is not covered */
    Plan plan(Call call) {
        RespCommand command = call.request().command();
        Planner planner = planners.get(command);
        if (planner == null) {
            String name = call.request().query().operation();
            throw new Failure(
                    Failure.Kind.UNSUPPORTED,
                    "'" + name + "' does not pass through RedisVersionStamp, which keeps versions of whole values; it"
                            + " covers " + String.join(", ", covered));
        }
        if (!command.accepts(call.request().count())) {
            return error("ERR wrong number of arguments for '" + lower(call) + "' command");
        }
        return planner.plan(call);
    }

    private static String lower(Call call) {
        return call.name().toLowerCase(Locale.ROOT);
    }

    // --- keys

    private StampedKey key(Call call, int argument) {
        byte[] key = call.words().get(argument);
        if (StampedKey.isStampKey(key, suffix)) {
            throw new Failure(
                    Failure.Kind.INVALID, "version stamps are kept under keys of this form; choose another name");
        }
        return StampedKey.of(call.database(), key, suffix);
    }

    private List<Part> reading(Call call) {
        List<Part> parts = new ArrayList<>(call.words().size());
        for (int i = 1; i < call.words().size(); i++) {
            parts.add(StampedPart.read(key(call, i), graceMillis));
        }
        return parts;
    }

    private static byte @Nullable [] value(Version found) {
        return ((StampedVersion) found).value();
    }

    private static int present(List<Version> found) {
        return (int) found.stream().filter(version -> value(version) != null).count();
    }

    private static Plan byKey(List<? extends Part> parts, Function<List<Version>, Message> answer) {
        return new Plan.ByKey(List.copyOf(parts), answer);
    }

    private static Plan error(String line) {
        return new Plan.Answer(Reply.of(RespMessage.error(line)));
    }

    // --- reads

    private Plan mget(Call call) {
        return byKey(reading(call), found -> {
            List<RespValue> values = new ArrayList<>(found.size());
            for (Version version : found) {
                byte[] value = value(version);
                values.add(value == null ? RespValue.nil() : RespValue.bulk(value));
            }
            return call.answer(RespValue.array(values));
        });
    }

    private interface Life {
        long of(long expires);
    }

    private Plan life(Call call, Life life) {
        return byKey(List.of(StampedPart.read(key(call, 1), graceMillis)), found -> {
            StampedVersion version = (StampedVersion) found.get(0);
            long expires = version.text().expires();
            return call.answer(RespValue.integer(version.value() == null ? -2 : expires == 0 ? -1 : life.of(expires)));
        });
    }

    private Plan range(Call call) {
        Long from = number(call.words().get(2));
        Long to = number(call.words().get(3));
        if (from == null || to == null) {
            return error(NO_INTEGER);
        }
        return byKey(
                List.of(StampedPart.read(key(call, 1), graceMillis)),
                found -> call.answer(RespValue.bulk(cut(value(found.get(0)), from, to))));
    }

    /** As Redis does it: ends count from behind if negative, and are moved into the value. */
    private static byte[] cut(byte @Nullable [] value, long from, long to) {
        if (value == null || (from < 0 && to < 0 && from > to)) {
            return new byte[0];
        }
        long first = Math.max(0, from < 0 ? value.length + from : from);
        long last = Math.min(Math.max(0, to < 0 ? value.length + to : to), value.length - 1L);
        return first > last ? new byte[0] : Arrays.copyOfRange(value, (int) first, (int) last + 1);
    }

    // --- writes

    private static Message ok(List<Version> found) {
        return StampedSession.OK;
    }

    private Plan delete(Call call) {
        List<Part> parts = new ArrayList<>(call.words().size());
        for (int i = 1; i < call.words().size(); i++) {
            parts.add(StampedPart.delete(key(call, i), call.millis(), graceMillis));
        }
        return byKey(parts, found -> call.answer(RespValue.integer(present(found))));
    }

    private Plan mset(Call call) {
        List<byte[]> words = call.words();
        if (words.size() % 2 == 0) {
            return error("ERR wrong number of arguments for 'mset' command");
        }
        List<Part> parts = new ArrayList<>(words.size() / 2);
        for (int i = 1; i < words.size(); i += 2) {
            parts.add(StampedPart.write(key(call, i), words.get(i + 1), 0, graceMillis));
        }
        return byKey(parts, StampedCommands::ok);
    }

    private Plan setExpiring(Call call, long unit) {
        return write(call, call.words().get(3), call.words().get(2), unit, false);
    }

    private Plan set(Call call) {
        RespMessage request = call.request();
        byte[] moment = null;
        long unit = 1;
        boolean isAbsolute = false;
        for (int i = 3; i < request.count(); i++) {
            boolean seconds = request.argumentIs(i, "EX") || request.argumentIs(i, "EXAT");
            if (seconds || request.argumentIs(i, "PX") || request.argumentIs(i, "PXAT")) {
                if (moment != null || i + 1 == request.count()) {
                    return error(SYNTAX);
                }
                unit = seconds ? 1000 : 1;
                isAbsolute = request.argumentIs(i, "EXAT") || request.argumentIs(i, "PXAT");
                moment = call.words().get(++i);
            } else if (dependsOnTheValueBefore(request, i)) {
                throw new Failure(
                        Failure.Kind.UNSUPPORTED,
                        "SET with NX, XX, GET or KEEPTTL does not pass through RedisVersionStamp: it depends on the"
                                + " value before, on which the servers would have to agree");
            } else {
                return error(SYNTAX);
            }
        }
        return moment == null
                ? byKey(
                        List.of(StampedPart.write(key(call, 1), call.words().get(2), 0, graceMillis)),
                        StampedCommands::ok)
                : write(call, call.words().get(2), moment, unit, isAbsolute);
    }

    private static boolean dependsOnTheValueBefore(RespMessage request, int argument) {
        return request.argumentIs(argument, "NX")
                || request.argumentIs(argument, "XX")
                || request.argumentIs(argument, "GET")
                || request.argumentIs(argument, "KEEPTTL");
    }

    /** When the value expires is settled here, so that all servers agree on it. */
    private Plan write(Call call, byte[] value, byte[] moment, long unit, boolean isAbsolute) {
        Long number = number(moment);
        if (number == null) {
            return error(NO_INTEGER);
        }
        if (number <= 0 || number > Long.MAX_VALUE / 4 / unit) {
            return error("ERR invalid expire time in '" + lower(call) + "' command");
        }
        long expires = number * unit + (isAbsolute ? 0 : call.millis());
        return byKey(List.of(StampedPart.write(key(call, 1), value, expires, graceMillis)), StampedCommands::ok);
    }

    /** A number as servers read it: no sign but a minus, no leading zero; null if it is none. */
    private static @Nullable Long number(byte[] text) {
        String words = new String(text, StandardCharsets.ISO_8859_1);
        if (!words.matches("0|-?[1-9][0-9]{0,18}")) {
            return null;
        }
        try {
            return Long.valueOf(words);
        } catch (NumberFormatException tooLarge) {
            return null;
        }
    }
}
