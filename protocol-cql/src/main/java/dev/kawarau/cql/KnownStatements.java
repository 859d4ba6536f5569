package dev.kawarau.cql;

import com.datastax.oss.protocol.internal.response.result.RowsMetadata;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Weigher;
import dev.kawarau.Failure;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the texts and the prepared ids of one listener's clients stand for, as far as memory allows. Thread-safe. */
final class KnownStatements {
    private static final Logger log = LoggerFactory.getLogger(KnownStatements.class);

    private final Cache<ContentKey, Prepared> byId;
    private final Cache<ContentKey, Parsed> byText;
    private final Counter unparsed;
    private final Counter unknown;

    /** @param maxBytes of memory for prepared statements, and as much again for texts that come with values */
    KnownStatements(long maxBytes, MeterRegistry meters) {
        this.byId = cache(maxBytes, (id, prepared) -> prepared.weight());
        this.byText = cache(maxBytes, (text, parsed) -> parsed.weight());
        this.unparsed = Counter.builder("kawarau.cql.unparsed")
                .description("statements that are passed on, but not understood")
                .register(meters);
        this.unknown = Counter.builder("kawarau.cql.unknown.prepared")
                .description("requests with a prepared id of which the statement is not known")
                .register(meters);
    }

    private static <V> Cache<ContentKey, V> cache(long maxBytes, Weigher<ContentKey, V> weigher) {
        return Caffeine.newBuilder()
                .maximumWeight(maxBytes)
                .weigher(weigher)
                .executor(Runnable::run)
                .build();
    }

    /**
     * What a text says. One that comes with values may well come again with others, so it is kept; one with its values in
     * it will hardly.
     */
    Parsed parse(ByteBuf in, int start, int length, boolean keep) {
        Parsed parsed = keep ? kept(in, start, length) : parsed(in, start, length);
        if (parsed.statement() == null) {
            unparsed.increment();
        }
        return parsed;
    }

    private Parsed kept(ByteBuf in, int start, int length) {
        ContentKey text = ContentKey.at(in, start, length);
        Parsed known = byText.getIfPresent(text);
        if (known == null) {
            known = parsed(in, start, length);
            byText.put(text.kept(), known);
        }
        return known;
    }

    private static Parsed parsed(ByteBuf in, int start, int length) {
        return Parsed.of(in.toString(start, length, StandardCharsets.UTF_8));
    }

    /** What an id stands for; null, and counted, if that is not known. */
    @Nullable
    Prepared find(ByteBuf in, int start, int length) {
        Prepared known = byId.getIfPresent(ContentKey.at(in, start, length));
        if (known == null) {
            unknown.increment();
        }
        return known;
    }

    /** Takes note of what the server made of a PREPARE. */
    void learn(CqlMessage request, CqlMessage response) {
        try {
            Parsed parsed = request.operations().get(0).parsed();
            if (parsed != null
                    && response.content()
                            instanceof com.datastax.oss.protocol.internal.response.result.Prepared prepared) {
                RowsMetadata result = prepared.resultMetadata;
                byId.put(
                        ContentKey.of(prepared.preparedQueryId.clone()),
                        new Prepared(
                                parsed,
                                keyspace(request, prepared),
                                List.copyOf(prepared.variablesMetadata.columnSpecs),
                                list(prepared.variablesMetadata.pkIndices),
                                result == null ? List.of() : List.copyOf(result.columnSpecs)));
            }
        } catch (Failure malformed) {
            log.debug("a prepared statement is not understood: {}", malformed.getMessage());
        }
    }

    /**
     * What names without a keyspace belong to, in the server's own words: the session may be about to use another one, and
     * whoever else has this id would be sent there. Null if the server does not say, of a statement that binds nothing.
     */
    private static @Nullable String keyspace(
            CqlMessage request, com.datastax.oss.protocol.internal.response.result.Prepared prepared) {
        String option = request.keyspaceOption();
        if (option != null) {
            return option;
        }
        RowsMetadata result = prepared.resultMetadata;
        for (RowsMetadata told : Arrays.asList(prepared.variablesMetadata, result)) {
            if (told != null && !told.columnSpecs.isEmpty()) {
                return told.columnSpecs.get(0).ksName;
            }
        }
        return null;
    }

    private static List<Integer> list(int @Nullable [] indexes) {
        return indexes == null ? List.of() : Arrays.stream(indexes).boxed().toList();
    }
}
