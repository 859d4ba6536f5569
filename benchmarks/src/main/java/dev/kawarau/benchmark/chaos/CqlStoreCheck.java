package dev.kawarau.benchmark.chaos;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import dev.kawarau.testkit.cassandra.CassandraServer;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;

/** Reads a whole table directly: what was acknowledged must be there, and be what was written. */
final class CqlStoreCheck {
    private CqlStoreCheck() {}

    static void run(CassandraServer server, CqlTally tally) {
        Set<Long> missing = new HashSet<>(tally.written());
        try (CqlSession session = CqlSession.builder()
                .addContactPoint(server.address())
                .withLocalDatacenter("datacenter1")
                .build()) {
            SimpleStatement all =
                    SimpleStatement.newInstance("SELECT k, v FROM chaos.t").setPageSize(2_000);
            for (Row row : session.execute(all)) {
                long key = row.getLong("k");
                ByteBuffer value = row.getByteBuffer("v");
                if (value == null || value.getLong(value.limit() - Long.BYTES) != key) {
                    tally.violation("the row of key " + key + " is not what was written");
                }
                missing.remove(key);
            }
        }
        missing.forEach(key -> tally.violation("key " + key + " was acknowledged and is lost"));
        System.out.printf(
                "%,d acknowledged rows are in the store%n", tally.written().size() - missing.size());
    }
}
