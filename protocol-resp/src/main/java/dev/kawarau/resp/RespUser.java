package dev.kawarau.resp;

import dev.kawarau.Query;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * A user of a {@link RespListener}: a name, passwords, and what it may do. A new user has no password that fits, may use
 * every kind of request but {@code ADMIN}, and may touch every key. Immutable.
 */
public final class RespUser {
    private final String name;
    private final boolean anyPassword;
    private final List<byte[]> digests;
    private final Set<Query.Kind> kinds;
    private final List<GlobPattern> keys;

    private RespUser(
            String name, boolean anyPassword, List<byte[]> digests, Set<Query.Kind> kinds, List<GlobPattern> keys) {
        this.name = name;
        this.anyPassword = anyPassword;
        this.digests = List.copyOf(digests);
        this.kinds = kinds;
        this.keys = List.copyOf(keys);
    }

    /** A user. {@code default} is the one that {@code AUTH password} means. */
    public static RespUser named(String name) {
        Objects.requireNonNull(name, "name");
        return new RespUser(name, false, List.of(), EnumSet.complementOf(EnumSet.of(Query.Kind.ADMIN)), List.of());
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
        return new RespUser(name, anyPassword, more, kinds, keys);
    }

    /** Takes any password. For the user {@code default}: clients are it without AUTH. */
    public RespUser noPassword() {
        return new RespUser(name, true, digests, kinds, keys);
    }

    /**
     * May send only these kinds of request. {@code SESSION} is always among them, since no client gets far without it;
     * commands that nobody knows are {@code OTHER}.
     */
    public RespUser allow(Query.Kind... allowed) {
        EnumSet<Query.Kind> set = EnumSet.of(Query.Kind.SESSION, allowed);
        return new RespUser(name, anyPassword, digests, set, keys);
    }

    /**
     * May touch only keys that match one of these patterns ({@code *}, {@code ?}, {@code [a-z]}, {@code \}, as in Redis).
     * Requests whose keys cannot be told, such as KEYS or a command that nobody knows, are then refused.
     */
    public RespUser keys(String... patterns) {
        List<GlobPattern> more = new ArrayList<>(keys);
        for (String pattern : patterns) {
            more.add(new GlobPattern(pattern.getBytes(StandardCharsets.UTF_8)));
        }
        return new RespUser(name, anyPassword, digests, kinds, more);
    }

    String name() {
        return name;
    }

    boolean takesAnyPassword() {
        return anyPassword;
    }

    /** Compares in constant time, and with every password, so that the time taken says nothing. */
    boolean accepts(byte[] password) {
        byte[] digest = sha256(password);
        boolean fits = anyPassword;
        for (byte[] known : digests) {
            fits |= MessageDigest.isEqual(known, digest);
        }
        return fits;
    }

    boolean mayRun(Query.Kind kind) {
        return kinds.contains(kind);
    }

    /** Whether the user may touch every key that the request does. */
    boolean mayTouchKeysOf(RespMessage request) {
        if (keys.isEmpty()) {
            return true;
        }
        if (request.command().kind() == Query.Kind.SESSION && request.command().isKnown()) {
            return mayTouch(request, request.command().keys(request));
        }
        return !request.command().keysUnknown(request)
                && mayTouch(request, request.command().keys(request))
                && mayTouch(request, request.command().channels(request));
    }

    private boolean mayTouch(RespMessage request, KeyPositions positions) {
        for (int i = 0; i < positions.count(); i++) {
            int argument = positions.get(i);
            if (!matches(request.buffer(), request.start(argument), request.length(argument))) {
                return false;
            }
        }
        return true;
    }

    private boolean matches(ByteBuf buffer, int start, int length) {
        for (GlobPattern pattern : keys) {
            if (pattern.matches(buffer, start, length)) {
                return true;
            }
        }
        return false;
    }

    private static byte[] sha256(byte[] password) {
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
