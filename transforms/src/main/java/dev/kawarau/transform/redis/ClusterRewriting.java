package dev.kawarau.transform.redis;

import dev.kawarau.Failure;
import dev.kawarau.resp.Bytes;
import dev.kawarau.resp.RespValue;
import dev.kawarau.transform.redis.ClusterNodes.Place;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Puts proxies in the place of nodes, in each form that servers tell nodes in. Null stands for what is of no such form. */
final class ClusterRewriting {
    private static final Pattern REDIRECTION = Pattern.compile("(MOVED|ASK) (\\d+) (.*):(\\d{1,5})");
    /** As in {@code 07c3... 127.0.0.1:30004@31004,host,shard-id=... slave ...}. */
    private static final Pattern LINE =
            Pattern.compile("(\\S+ )([^ ,]*):(\\d{1,5})(@\\d+)?(?:,([^ ,]*))?((?:,[^ ,]*)*)( .*)?");

    private final ClusterNodes nodes;

    ClusterRewriting(ClusterNodes nodes) {
        this.nodes = nodes;
    }

    /** {@code MOVED 3999 127.0.0.1:6381}. */
    @Nullable
    RespValue error(RespValue value) {
        if (!(value instanceof RespValue.SimpleError error)) {
            return null;
        }
        Matcher found = REDIRECTION.matcher(error.text());
        if (!found.matches()) {
            return null;
        }
        Place proxy = nodes.proxyOf(found.group(3), Integer.parseInt(found.group(4)));
        if (proxy == null) {
            throw new Failure(
                    Failure.Kind.UNAVAILABLE,
                    "slot " + found.group(2) + " is on " + found.group(3) + ':' + found.group(4)
                            + ", which has no proxy; name one in RedisPortsRewrite.to");
        }
        return RespValue.error(found.group(1) + ' ' + found.group(2) + ' ' + proxy.host() + ':' + proxy.port());
    }

    /** The results of a transaction, of which some may be redirections. */
    @Nullable
    RespValue results(RespValue value) {
        if (!(value instanceof RespValue.Array array)) {
            return null;
        }
        List<RespValue> results = new ArrayList<>(array.elements());
        results.replaceAll(result -> {
            RespValue changed = error(result);
            return changed == null ? result : changed;
        });
        return RespValue.array(results);
    }

    /** Ranges, each with its first slot, its last, its master and its replicas. */
    @Nullable
    RespValue slots(RespValue value) {
        if (!(value instanceof RespValue.Array ranges)) {
            return null;
        }
        List<RespValue> changed = new ArrayList<>();
        for (RespValue element : ranges.elements()) {
            if (!(element instanceof RespValue.Array range) || range.elements().size() < 3) {
                return null;
            }
            List<RespValue> parts = new ArrayList<>(range.elements().subList(0, 2));
            for (RespValue node : range.elements().subList(2, range.elements().size())) {
                if (!isSlotsNode(node)) {
                    return null;
                }
                RespValue proxy = slotsNode(((RespValue.Array) node).elements());
                if (proxy == null && parts.size() == 2) {
                    break; // the first one is the master, and no replica can take its place
                }
                if (proxy != null) {
                    parts.add(proxy);
                }
            }
            if (parts.size() > 2) {
                changed.add(RespValue.array(parts));
            }
        }
        return RespValue.array(changed);
    }

    private static boolean isSlotsNode(RespValue value) {
        return value instanceof RespValue.Array node
                && node.elements().size() >= 2
                && (node.elements().get(0) instanceof RespValue.Bulk
                        || node.elements().get(0) instanceof RespValue.Null)
                && node.elements().get(1) instanceof RespValue.Int64;
    }

    private @Nullable RespValue slotsNode(List<RespValue> node) {
        String host = node.get(0) instanceof RespValue.Bulk bulk ? bulk.text() : null;
        Place proxy = nodes.proxyOf(host, (int) ((RespValue.Int64) node.get(1)).value());
        if (proxy == null) {
            return null;
        }
        List<RespValue> parts = new ArrayList<>(node);
        if (proxy.host() != null) {
            parts.set(0, RespValue.bulk(proxy.host()));
        }
        parts.set(1, RespValue.integer(proxy.port()));
        if (parts.size() > 3 && !nodes.keepsNames()) {
            parts.set(3, parts.get(3) instanceof RespValue.Map ? RespValue.map() : RespValue.array());
        }
        return RespValue.array(parts);
    }

    /** Shards, each with its slots and its nodes, as maps, or in RESP2 as arrays of keys and values in turn. */
    @Nullable
    RespValue shards(RespValue value) {
        if (!(value instanceof RespValue.Array shards)) {
            return null;
        }
        List<RespValue> changed = new ArrayList<>();
        for (RespValue element : shards.elements()) {
            Fields shard = Fields.of(element);
            if (shard == null || !(shard.get("nodes") instanceof RespValue.Array members)) {
                return null;
            }
            List<RespValue> proxies = new ArrayList<>();
            for (RespValue member : members.elements()) {
                Fields node = Fields.of(member);
                if (node == null || !node.has("ip")) {
                    return null;
                }
                RespValue proxy = shardsNode(node);
                if (proxy != null) {
                    proxies.add(proxy);
                }
            }
            shard.set("nodes", RespValue.array(proxies));
            changed.add(shard.value());
        }
        return RespValue.array(changed);
    }

    private @Nullable RespValue shardsNode(Fields node) {
        Place proxy = null;
        for (String name : List.of("port", "tls-port")) {
            if (proxy == null && node.get(name) instanceof RespValue.Int64 port) {
                proxy = nodes.proxyOf(node.text("endpoint"), (int) port.value());
                proxy = proxy != null ? proxy : nodes.proxyOf(node.text("ip"), (int) port.value());
            }
        }
        if (proxy == null) {
            return null;
        }
        for (String name : List.of("port", "tls-port")) {
            if (node.has(name)) {
                node.set(name, RespValue.integer(proxy.port()));
            }
        }
        if (!nodes.keepsNames() && proxy.host() != null) {
            node.set("ip", RespValue.bulk(proxy.host()));
            node.set("endpoint", RespValue.bulk(proxy.host()));
            if (node.has("hostname")) {
                node.set("hostname", RespValue.bulk(""));
            }
        }
        return node.value();
    }

    /** One text of lines, or an array of texts of one line each. */
    @Nullable
    RespValue lines(RespValue value) {
        if (value instanceof RespValue.Array array) {
            List<RespValue> changed = new ArrayList<>();
            for (RespValue line : array.elements()) {
                if (!(line instanceof RespValue.Bulk bulk)) {
                    return null;
                }
                String proxy = line(bulk.text());
                if (proxy != null) {
                    changed.add(RespValue.bulk(proxy));
                }
            }
            return RespValue.array(changed);
        }
        if (value instanceof RespValue.Bulk bulk) {
            return RespValue.bulk(text(bulk.text()));
        }
        return value instanceof RespValue.Verbatim verbatim
                ? new RespValue.Verbatim(verbatim.format(), Bytes.of(text(verbatim.text())))
                : null;
    }

    private String text(String lines) {
        StringJoiner changed = new StringJoiner("\n");
        for (String line : lines.split("\n", -1)) {
            String proxy = line(line);
            if (proxy != null) {
                changed.add(proxy);
            }
        }
        return changed.toString();
    }

    /** Null if the node is to be left out; as it is if it is none. */
    private @Nullable String line(String line) {
        Matcher found = LINE.matcher(line);
        if (!found.matches()) {
            return line;
        }
        int port = Integer.parseInt(found.group(3));
        Place proxy = nodes.proxyOf(found.group(2), port);
        if (proxy == null && found.group(5) != null) {
            proxy = nodes.proxyOf(found.group(5), port);
        }
        if (proxy == null) {
            return null;
        }
        String name = found.group(5) == null ? "" : ',' + (nodes.keepsNames() ? found.group(5) : "");
        return found.group(1)
                + proxy.host()
                + ':'
                + proxy.port()
                + orEmpty(found.group(4))
                + name
                + orEmpty(found.group(6))
                + orEmpty(found.group(7));
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }
}
