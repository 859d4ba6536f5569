package dev.kawarau.testkit.cassandra;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What Cassandra's own parser says of a text: an oracle for parsers of CQL. It runs in this JVM, in a class loader of its own
 * that shares only the JDK with its caller; it parses, and looks at no schema. May be used from any thread.
 */
public final class CassandraGrammar {

    private static final String SYNTAX_EXCEPTION = "org.apache.cassandra.exceptions.SyntaxException";
    private static final String EXCEPTIONS = "org.apache.cassandra.exceptions.";

    /** A type may be given as the name of a class. */
    private static final Pattern NO_CLASS =
            Pattern.compile("Error setting type .*: Unable to find abstract-type class");

    private final Function<String, Object> parser;
    private final Function<Object, @Nullable String[]> structure;

    private CassandraGrammar(Function<String, Object> parser, Function<Object, @Nullable String[]> structure) {
        this.parser = parser;
        this.structure = structure;
    }

    /**
     * The one of this JVM, loaded when first asked for, which takes about a second.
     *
     * @throws IllegalStateException if a jar of Cassandra is missing from the local Maven repository
     */
    public static CassandraGrammar get() {
        return Loaded.GRAMMAR;
    }

    /** Of Cassandra, for example {@code 5.0.9}. */
    public String version() {
        return CassandraJars.version();
    }

    /** Whether the text is a statement for Cassandra's parser. */
    public boolean accepts(String cql) {
        return parse(cql) instanceof Verdict.Accepted;
    }

    /** Parses, looks at what came out, and tells. */
    public Verdict parse(String cql) {
        Object raw;
        try {
            raw = parser.apply(cql);
        } catch (RuntimeException e) {
            String type = e.getClass().getName();
            String message = type.substring(type.lastIndexOf('.') + 1) + ": " + e.getMessage();
            boolean elsewhere = e instanceof NoSuchElementException
                    || (type.startsWith(EXCEPTIONS) && !type.equals(SYNTAX_EXCEPTION))
                    || NO_CLASS.matcher(message).find();
            return elsewhere ? new Verdict.Undecided(message) : new Verdict.Refused(message);
        }
        if (raw == null) {
            return new Verdict.Refused("nothing to parse");
        }
        @Nullable String[] facts = structure.apply(raw);
        return new Verdict.Accepted(
                kind(Objects.requireNonNull(facts[0])),
                facts[1],
                facts[2],
                Integer.parseInt(Objects.requireNonNull(facts[3])),
                Objects.requireNonNull(facts[4]));
    }

    /**
     * Parses and nothing else, for benchmarks.
     *
     * @return the raw statement, of a class of Cassandra's
     * @throws RuntimeException if it is none
     */
    public Object parseOnly(String cql) {
        return parser.apply(cql);
    }

    /** {@code ...CreateTableStatement$Raw} is CREATE TABLE, {@code ...UpdateStatement$ParsedInsert} is INSERT. */
    private static String kind(String className) {
        String simple = className.substring(className.lastIndexOf('.') + 1);
        if (simple.contains("$ParsedInsert")) {
            return "INSERT";
        }
        String statement = simple.substring(0, simple.indexOf("Statement"));
        return statement.replaceAll("(?<=[a-z])(?=[A-Z])", " ").toUpperCase(Locale.ROOT);
    }

    /** What it says. */
    public sealed interface Verdict {

        /**
         * It is a statement.
         *
         * @param kind Cassandra's name for such statements, for example {@code CREATE TABLE}
         * @param keyspace the one that the statement names, if any; of a batch the one that all its statements name; null for
         *     DESCRIBE
         * @param table likewise the table or the view
         * @param markers how many bind markers
         * @param structure all that Cassandra has made of it, as text: equal, in one JVM, for texts that mean the same
         */
        record Accepted(
                String kind,
                @Nullable String keyspace,
                @Nullable String table,
                int markers,
                String structure) implements Verdict {}

        /** It is a syntax error, or what a node calls so: its parser's exceptions too. */
        record Refused(String message) implements Verdict {}

        /**
         * As far as it was read the syntax is right, then something else was found wrong with it: two primary keys, or a
         * function, a keyspace or a class of a type that is not there.
         */
        record Undecided(String message) implements Verdict {}
    }

    private static final class Loaded {

        static final CassandraGrammar GRAMMAR = load();

        private Loaded() {}

        @SuppressWarnings("unchecked") // The bridges are ours, and say so.
        private static CassandraGrammar load() {
            Isolated loader = new Isolated(CassandraJars.find());
            Thread thread = Thread.currentThread();
            ClassLoader before = thread.getContextClassLoader();
            thread.setContextClassLoader(loader);
            try {
                return new CassandraGrammar(
                        (Function<String, Object>) loader.make("GrammarBridge"),
                        (Function<Object, @Nullable String[]>) loader.make("StructureBridge"));
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("Cassandra's parser does not load", e);
            } finally {
                thread.setContextClassLoader(before);
            }
        }
    }

    /** Cassandra and the bridges to it, and the JDK. */
    private static final class Isolated extends URLClassLoader {

        private static final String PACKAGE = CassandraGrammar.class.getPackageName() + ".";

        Isolated(List<Path> jars) {
            super(jars.stream().map(Isolated::url).toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
        }

        Object make(String name) throws ReflectiveOperationException {
            var constructor = loadClass(PACKAGE + name).getDeclaredConstructor();
            constructor.setAccessible(true);
            return constructor.newInstance();
        }

        /** Class by class, as all of our jar would bring its neighbours along if it is a shaded one. */
        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            if (!name.startsWith(PACKAGE)) {
                return super.findClass(name);
            }
            byte[] bytes = CassandraJars.classFile(name.substring(PACKAGE.length()));
            return defineClass(name, bytes, 0, bytes.length);
        }

        /** So that Cassandra does not log into the output of tests. */
        @Override
        public @Nullable URL findResource(String name) {
            return name.equals("logback.xml")
                    ? CassandraGrammar.class.getResource("/META-INF/kawarau/cassandra/grammar-logback.xml")
                    : super.findResource(name);
        }

        private static URL url(Path jar) {
            try {
                return jar.toUri().toURL();
            } catch (MalformedURLException e) {
                throw new UncheckedIOException(new IOException(e));
            }
        }
    }
}
