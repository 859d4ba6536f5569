package dev.kawarau.sink.redis;

import dev.kawarau.sink.redis.Front.Mode;
import dev.kawarau.sink.redis.Step.Kind;
import dev.kawarau.sink.redis.Step.Request;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads the scenario files, whose format {@code differential/README.md} describes.
 *
 * @param name of the file, without its ending
 * @param options of the servers that the file wants
 */
record Corpus(String name, List<String> options, List<Section> sections) {

    /** One scenario: it starts on an empty server, with new connections. */
    record Section(String name, List<Step> steps) {}

    /** All files, as they are to run with one protocol and mode. */
    static List<Corpus> all(int protocol, Mode mode) throws IOException, URISyntaxException {
        Path folder = Path.of(Corpus.class.getResource("/differential").toURI());
        List<Path> files;
        try (Stream<Path> found = Files.list(folder)) {
            files = found.filter(file -> file.toString().endsWith(".txt"))
                    .sorted()
                    .toList();
        }
        List<Corpus> corpora = new ArrayList<>();
        for (Path file : files) {
            String name = file.getFileName().toString().replace(".txt", "");
            corpora.add(new Reader(protocol, mode).read(name, Files.readAllLines(file)));
        }
        return corpora;
    }

    private static final class Reader {

        private final Set<String> skipped;
        private final List<Section> sections = new ArrayList<>();
        private List<Step> steps = new ArrayList<>();
        private boolean sectionSkipped;
        private @Nullable List<Request> block;
        private int client = 1;

        Reader(int protocol, Mode mode) {
            skipped = Set.of(protocol == 2 ? "%only3" : "%only2", mode == Mode.SHARED ? "%transparent" : "%shared");
        }

        Corpus read(String name, List<String> lines) {
            List<String> options = new ArrayList<>(List.of("--enable-debug-command", "yes"));
            int number = 0;
            for (String line : lines) {
                number++;
                try {
                    if (line.startsWith("#!")) {
                        options.addAll(Words.split(line.substring(2)));
                    } else if (!line.isBlank() && !line.startsWith("#")) {
                        read(line.strip(), number);
                    }
                } catch (RuntimeException e) {
                    throw new IllegalArgumentException(name + ".txt:" + number + ": " + line, e);
                }
            }
            return new Corpus(
                    name,
                    options,
                    sections.stream().filter(s -> !s.steps().isEmpty()).toList());
        }

        private void read(String line, int number) {
            if (line.startsWith("== ")) {
                startSection(line.substring(3));
                return;
            }
            if (line.equals("}")) {
                List<Request> requests = block;
                block = null;
                add(new Step(Kind.SEND, client, requests == null ? List.of() : requests, number));
                return;
            }
            Prefix prefix = new Prefix(line);
            if (block == null) {
                client = prefix.client;
            }
            if (prefix.rest.equals("{")) {
                block = new ArrayList<>();
            } else if (prefix.flags.stream().noneMatch(skipped::contains)) {
                readStep(prefix, number);
            }
        }

        private void readStep(Prefix prefix, int number) {
            List<String> words = Words.split(prefix.rest);
            String word = words.get(0);
            List<String> arguments = words.subList(1, words.size());
            switch (word) {
                case "!eof" -> add(new Step(Kind.EOF, client, List.of(), number));
                case "!gone" -> add(new Step(Kind.GONE, client, List.of(), number));
                case "!close" -> add(new Step(Kind.CLOSE, client, List.of(), number));
                case "!read" -> add(new Step(Kind.READ, client, List.of(prefix.request(List.of(), false)), number));
                case "!clients" ->
                    add(new Step(Kind.CLIENTS, client, List.of(prefix.request(arguments, false)), number));
                case "!until" -> add(new Step(Kind.UNTIL, client, List.of(prefix.request(arguments, false)), number));
                case "!raw" -> send(prefix.request(arguments, true), number);
                default -> send(prefix.request(words, false), number);
            }
        }

        private void send(Request request, int number) {
            if (block != null) {
                block.add(request);
            } else {
                add(new Step(Kind.SEND, client, List.of(request), number));
            }
        }

        private void add(Step step) {
            if (!sectionSkipped) {
                steps.add(step);
            }
        }

        private void startSection(String title) {
            List<String> name = new ArrayList<>(List.of(title.split(" ")));
            sectionSkipped = name.stream().anyMatch(skipped::contains);
            name.removeIf(word -> word.startsWith("%"));
            steps = new ArrayList<>();
            sections.add(new Section(String.join(" ", name), steps));
        }
    }

    /** What stands before a command: the client and the flags. */
    private static final class Prefix {

        private final List<String> flags = new ArrayList<>();
        private final String rest;
        private int client = 1;

        Prefix(String line) {
            String left = line;
            while (left.startsWith("%") || left.startsWith("@")) {
                int end = left.indexOf(' ');
                String flag = left.substring(0, end);
                if (flag.startsWith("@")) {
                    client = Integer.parseInt(flag.substring(1));
                } else {
                    flags.add(flag);
                }
                left = left.substring(end).stripLeading();
            }
            rest = left;
        }

        Request request(List<String> words, boolean raw) {
            int frames = 1;
            boolean blocks = false;
            String capture = null;
            List<String> normalisation = new ArrayList<>();
            for (String flag : flags) {
                String value = flag.substring(flag.indexOf('=') + 1);
                if (flag.startsWith("%frames=")) {
                    frames = Integer.parseInt(value);
                } else if (flag.startsWith("%capture=")) {
                    capture = value;
                } else if (flag.equals("%blocks")) {
                    blocks = true;
                    frames = 0;
                } else if (Normalisation.declares(flag)) {
                    normalisation.add(flag);
                } else if (!Set.of("%only2", "%only3", "%shared", "%transparent")
                        .contains(flag)) {
                    throw new IllegalArgumentException("unknown flag " + flag);
                }
            }
            return new Request(words, raw, frames, blocks, Normalisation.of(normalisation), capture);
        }
    }
}
