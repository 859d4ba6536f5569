package dev.kawarau.resp;

import dev.kawarau.Query;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A user of a {@link RespListener}: a name, passwords, and what it may do. A new user has no password that fits, may use
 * every kind of request but {@code ADMIN}, and may touch every key and channel. Immutable.
 *
 * <p>Rights are judged by what a request says. A script or a function may do what no request of the user may, whichever
 * keys it is given, so a user who is limited to {@link #keys} runs none unless {@link #scripts} allows it. MIGRATE needs
 * {@code ADMIN}, since it has the server connect to wherever the client wants.
 */
public final class RespUser {
    private static final RespCommand MIGRATE = RespCommands.find("MIGRATE");
    private static final RespCommand PSUBSCRIBE = RespCommands.find("PSUBSCRIBE");
    private static final Set<RespCommand> LEAVING = commands("UNSUBSCRIBE", "PUNSUBSCRIBE", "SUNSUBSCRIBE");
    private static final Set<RespCommand> PROGRAMS =
            commands("EVAL", "EVAL_RO", "EVALSHA", "EVALSHA_RO", "FCALL", "FCALL_RO");

    private final String name;
    private final boolean anyPassword;
    private final List<byte[]> digests;
    private final Set<Query.Kind> kinds;
    private final List<GlobPattern> keys;
    private final boolean scripts;

    private RespUser(
            String name,
            boolean anyPassword,
            List<byte[]> digests,
            Set<Query.Kind> kinds,
            List<GlobPattern> keys,
            boolean scripts) {
        this.name = name;
        this.anyPassword = anyPassword;
        this.digests = List.copyOf(digests);
        this.kinds = kinds;
        this.keys = List.copyOf(keys);
        this.scripts = scripts;
    }

    private static Set<RespCommand> commands(String... names) {
        return Arrays.stream(names).map(RespCommands::find).collect(Collectors.toUnmodifiableSet());
    }

    /** A user. {@code default} is the one that {@code AUTH password} means. */
    public static RespUser named(String name) {
        Objects.requireNonNull(name, "name");
        return new RespUser(
                name, false, List.of(), EnumSet.complementOf(EnumSet.of(Query.Kind.ADMIN)), List.of(), false);
    }

    /** With a password more; only its SHA-256 is kept. */
    public RespUser password(String password) {
        return withDigest(sha256(password.getBytes(StandardCharsets.UTF_8)));
    }

    /** With a password more, given as the 64 hexadecimal digits of its SHA-256, as in Redis's ACL files. */
    public RespUser passwordSha256(String digest) {
        if (!digest.matches("[0-9a-fA-F]{64}")) {
            throw new IllegalArgumentException(
                    "user \"" + name + "\": a SHA-256 digest has 64 hexadecimal digits, this one has not");
        }
        return withDigest(HexFormat.of().parseHex(digest));
    }

    private RespUser withDigest(byte[] digest) {
        List<byte[]> more = new ArrayList<>(digests);
        more.add(digest);
        return new RespUser(name, anyPassword, more, kinds, keys, scripts);
    }

    /** Takes any password. For the user {@code default}: clients are it without AUTH. */
    public RespUser noPassword() {
        return new RespUser(name, true, digests, kinds, keys, scripts);
    }

    /**
     * May send only these kinds of request. {@code SESSION} is always among them, since no client gets far without it;
     * commands that nobody knows are {@code OTHER}.
     */
    public RespUser allow(Query.Kind... allowed) {
        EnumSet<Query.Kind> set = EnumSet.of(Query.Kind.SESSION, allowed);
        return new RespUser(name, anyPassword, digests, set, keys, scripts);
    }

    /**
     * May touch only keys, and publish and subscribe only to channels, that match one of these patterns ({@code *},
     * {@code ?}, {@code [a-z]}, {@code \}, as in Redis). A pattern to subscribe to must be one of these, or begin like
     * one that is a plain beginning and a star. Requests whose keys cannot be told, such as KEYS or a command that nobody
     * knows, are then refused, and scripts and functions too unless {@link #scripts} allows them.
     */
    public RespUser keys(String... patterns) {
        List<GlobPattern> more = new ArrayList<>(keys);
        for (String pattern : patterns) {
            more.add(new GlobPattern(pattern.getBytes(StandardCharsets.UTF_8)));
        }
        return new RespUser(name, anyPassword, digests, kinds, more, scripts);
    }

    /**
     * May run, load and delete scripts and functions although limited to {@link #keys}: only the keys that are given to a
     * script are looked at, and in it the user can reach all others.
     */
    public RespUser scripts() {
        return new RespUser(name, anyPassword, digests, kinds, keys, true);
    }

    String name() {
        return name;
    }

    boolean takesAnyPassword() {
        return anyPassword;
    }

    /**
     * Compares in constant time, and with every password, so that the time taken says nothing.
     *
     * @param digest the {@link #sha256} of a password
     */
    boolean accepts(byte[] digest) {
        boolean fits = anyPassword;
        for (byte[] known : digests) {
            fits |= MessageDigest.isEqual(known, digest);
        }
        return fits;
    }

    boolean mayRun(RespCommand command) {
        return kinds.contains(command.kind())
                && (command != MIGRATE || kinds.contains(Query.Kind.ADMIN))
                && (keys.isEmpty() || scripts || !isProgram(command));
    }

    private static boolean isProgram(RespCommand command) {
        return command.kind() == Query.Kind.SCHEMA || PROGRAMS.contains(command);
    }

    boolean isLimitedToKeys() {
        return !keys.isEmpty();
    }

    /** Whether a user with {@link #isLimitedToKeys limits} may touch every key that the request does. */
    boolean mayTouchKeysOf(RespMessage request) {
        RespCommand command = request.command();
        if (command.keysUnknown(request)) {
            return false;
        }
        KeyPositions positions = command.keys(request);
        for (int i = 0; i < positions.count(); i++) {
            int argument = positions.get(i);
            if (!matches(request.buffer(), request.start(argument), request.length(argument))) {
                return false;
            }
        }
        return true;
    }

    /** Whether a user with {@link #isLimitedToKeys limits} may use every channel that the request names. */
    boolean mayTouchChannelsOf(RespMessage request) {
        RespCommand command = request.command();
        if (LEAVING.contains(command)) {
            return true;
        }
        KeyPositions positions = command.channels(request);
        for (int i = 0; i < positions.count(); i++) {
            int argument = positions.get(i);
            int start = request.start(argument);
            int length = request.length(argument);
            boolean may = command == PSUBSCRIBE
                    ? covers(request.buffer(), start, length)
                    : matches(request.buffer(), start, length);
            if (!may) {
                return false;
            }
        }
        return true;
    }

    private boolean covers(ByteBuf buffer, int start, int length) {
        for (GlobPattern pattern : keys) {
            if (pattern.covers(buffer, start, length)) {
                return true;
            }
        }
        return false;
    }

    private boolean matches(ByteBuf buffer, int start, int length) {
        for (GlobPattern pattern : keys) {
            if (pattern.matches(buffer, start, length)) {
                return true;
            }
        }
        return false;
    }

    static byte[] sha256(byte[] password) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(password);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JVM has SHA-256", impossible);
        }
    }

    /** The name; never a password. */
    @Override
    public String toString() {
        return "user \"" + name + "\"";
    }
}
