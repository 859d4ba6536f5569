package dev.kawarau.transform.simulation;

import dev.kawarau.resp.RespValue;
import dev.kawarau.testkit.simulation.World;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a server does with the commands that reach it: GET, SET, DEL, MGET, and the script that stores a value unless a
 * higher stamp is there, in the words of its source. It keeps its data when it crashes, and forgets its scripts.
 */
public final class ModelServer {
    private final World world;
    private final String name;
    private final Map<String, String> data = new TreeMap<>();
    private final List<Runnable> waiting = new ArrayList<>();
    private boolean down;
    private boolean paused;
    private boolean knowsScript;
    private int life;

    public ModelServer(World world, String name) {
        this.world = world;
        this.name = name;
    }

    /** Now, or when it goes on; never if it crashes before. */
    void whenAwake(Runnable action) {
        if (paused) {
            waiting.add(action);
        } else {
            action.run();
        }
    }

    RespValue execute(List<byte[]> words) {
        List<String> text = new ArrayList<>();
        words.forEach(word -> text.add(new String(word, StandardCharsets.ISO_8859_1)));
        world.trace(name, String.join(" ", text.subList(Math.min(2, text.size() - 1), text.size())));
        switch (text.get(0)) {
            case "GET":
                return bulk(data.get(text.get(1)));
            case "SET":
                data.put(text.get(1), text.get(2));
                return RespValue.ok();
            case "DEL":
                return RespValue.integer(data.remove(text.get(1)) == null ? 0 : 1);
            case "MGET":
                List<RespValue> values = new ArrayList<>();
                text.subList(1, text.size()).forEach(key -> values.add(bulk(data.get(key))));
                return RespValue.array(values);
            case "EVAL":
                knowsScript = true;
                return store(text);
            case "EVALSHA":
                return knowsScript ? store(text) : RespValue.error("NOSCRIPT No matching script. Please use EVAL.");
            default:
                return RespValue.error("ERR the model does not know " + text.get(0));
        }
    }

    /** EVAL script 2 key stamp-key digits tail forgotten expires value database. */
    private RespValue store(List<String> words) {
        String key = words.get(3);
        String stampKey = words.get(4);
        String digits = words.get(5);
        String held = data.get(stampKey);
        if (held != null && held.substring(0, 39).compareTo(digits) > 0) {
            return bulk(held.substring(0, 39));
        }
        if (words.get(8).equals("D")) {
            data.remove(key);
        } else {
            data.put(key, words.get(9));
        }
        data.put(stampKey, digits + words.get(6));
        return bulk(digits);
    }

    private static RespValue bulk(@Nullable String value) {
        return value == null ? RespValue.nil() : RespValue.bulk(value.getBytes(StandardCharsets.ISO_8859_1));
    }

    public Map<String, String> data() {
        return data;
    }

    boolean isDown() {
        return down;
    }

    /** Changes with every crash. */
    int life() {
        return life;
    }

    public void crash() {
        world.trace(name, "crashes");
        down = true;
        paused = false;
        life++;
        knowsScript = false;
        waiting.clear();
    }

    public void restart() {
        down = false;
    }

    public void pause() {
        paused = !down;
    }

    public void resume() {
        paused = false;
        List<Runnable> all = new ArrayList<>(waiting);
        waiting.clear();
        all.forEach(Runnable::run);
    }
}
