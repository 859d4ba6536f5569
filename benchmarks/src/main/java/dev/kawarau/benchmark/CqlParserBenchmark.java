package dev.kawarau.benchmark;

import dev.kawarau.cql.statement.CqlParser;
import dev.kawarau.cql.statement.CqlStatement;
import dev.kawarau.testkit.cassandra.CassandraGrammar;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Text to statement, beside Cassandra's own parser, which is made of ANTLR and looked at in a class loader of its own. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 10, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 10, time = 100, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public class CqlParserBenchmark {

    /** Statements as applications send them. */
    public enum Text {
        SELECT("SELECT name, email FROM shop.users WHERE id = ?"),
        INSERT("INSERT INTO shop.orders (id, customer, placed, state, total, currency, note, street, city, country)"
                + " VALUES (550e8400-e29b-41d4-a716-446655440000, 4711, '2026-11-20 19:30:00', 'paid', 99.95, 'NZD',"
                + " 'leave it at the door', '12 Rees Street', 'Queenstown', 'NZ') USING TTL 86400"),
        UPDATE(
                "UPDATE shop.users USING TIMESTAMP ? SET name = ?, email = ?, phones = phones + {'home': '+64 3 441 0000'},"
                        + " tags += {'gold', 'early'}, visits[?] = ?, address.city = 'Wanaka', scores = [1, 2, 3, 5, 8, 13, 21],"
                        + " limits = {'daily': 100, 'weekly': 500, 'monthly': 1500}, updated = toTimestamp(now())"
                        + " WHERE region = 'south' AND id = ? IF state = 'active' AND version = 7"),
        BATCH("BEGIN BATCH"
                + " INSERT INTO shop.orders (id, customer, total) VALUES (?, ?, ?);"
                + " UPDATE shop.users SET orders = orders + [?] WHERE id = ?;"
                + " DELETE FROM shop.carts WHERE customer = ? AND item IN (?, ?, ?);"
                + " APPLY BATCH"),
        CREATE_TABLE("CREATE TABLE IF NOT EXISTS shop.events (tenant uuid, day date, at timestamp, id timeuuid,"
                + " kind text, tags set<text>, payload map<text, frozen<list<blob>>>, owner text STATIC,"
                + " PRIMARY KEY ((tenant, day), at, id)) WITH CLUSTERING ORDER BY (at DESC, id ASC)"
                + " AND compaction = {'class': 'TimeWindowCompactionStrategy', 'compaction_window_size': 1}"
                + " AND default_time_to_live = 2592000 AND comment = 'what happened'");

        private final String cql;

        Text(String cql) {
            this.cql = cql;
        }
    }

    @Param
    public Text text = Text.SELECT;

    private final CassandraGrammar cassandra = CassandraGrammar.get();

    /** Ours. */
    @Benchmark
    public CqlStatement kawarau() {
        return CqlParser.parse(text.cql);
    }

    /** Cassandra's: up to its raw statement, which no schema has been asked about. */
    @Benchmark
    public Object cassandra() {
        return cassandra.parseOnly(text.cql);
    }
}
