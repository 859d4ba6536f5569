package dev.kawarau.cql;

import com.datastax.oss.protocol.internal.FrameCodec;
import com.datastax.oss.protocol.internal.Message;
import com.datastax.oss.protocol.internal.PrimitiveCodec;
import com.datastax.oss.protocol.internal.ProtocolConstants;
import com.datastax.oss.protocol.internal.ProtocolConstants.QueryFlag;
import com.datastax.oss.protocol.internal.request.AuthResponse;
import com.datastax.oss.protocol.internal.request.Batch;
import com.datastax.oss.protocol.internal.request.Execute;
import com.datastax.oss.protocol.internal.request.Options;
import com.datastax.oss.protocol.internal.request.Prepare;
import com.datastax.oss.protocol.internal.request.Query;
import com.datastax.oss.protocol.internal.request.Register;
import com.datastax.oss.protocol.internal.request.Startup;
import com.datastax.oss.protocol.internal.request.query.QueryOptions;
import com.datastax.oss.protocol.internal.util.Flags;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The driver's codecs of requests, but for those that take a count on the wire for granted or compare all names with each
 * other.
 */
final class RequestCodecs {
    private static final int LEAST_VALUE = Integer.BYTES;
    private static final int LEAST_NAMED_VALUE = 2 + LEAST_VALUE;

    /** Kind, an empty statement or id, and no values. */
    private static final int LEAST_CHILD = 1 + 2 + 2;

    private RequestCodecs() {}

    static void register(int version, FrameCodec.CodecGroup.Registry registry) {
        OptionsCodec options = new OptionsCodec(version);
        registry.addCodec(new AuthResponse.Codec(version))
                .addCodec(new BatchCodec(version))
                .addCodec(new Execute.Codec(version, options))
                .addCodec(new Options.Codec(version))
                .addCodec(new Prepare.Codec(version))
                .addCodec(new Query.Codec(version, options))
                .addCodec(new Register.Codec(version))
                .addCodec(new Startup.Codec(version));
    }

    private static <B> List<@Nullable ByteBuffer> readValues(B in, PrimitiveCodec<B> from) {
        int count = FramePrimitives.checkCount(from.readUnsignedShort(in), LEAST_VALUE, from.sizeOf(in));
        List<@Nullable ByteBuffer> values = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            values.add(from.readBytes(in));
        }
        return values;
    }

    private static <B> Map<String, @Nullable ByteBuffer> readNamedValues(B in, PrimitiveCodec<B> from) {
        int count = FramePrimitives.checkCount(from.readUnsignedShort(in), LEAST_NAMED_VALUE, from.sizeOf(in));
        Map<String, @Nullable ByteBuffer> values = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            FramePrimitives.putNew(values, from.readString(in), from.readBytes(in));
        }
        return values;
    }

    private static <B> int readFlags(B in, PrimitiveCodec<B> from, int version) {
        return version >= ProtocolConstants.Version.V5 ? from.readInt(in) : from.readByte(in) & 0xff;
    }

    private static <B> int readSerialConsistency(B in, PrimitiveCodec<B> from, int flags) {
        return Flags.contains(flags, QueryFlag.SERIAL_CONSISTENCY)
                ? from.readUnsignedShort(in)
                : ProtocolConstants.ConsistencyLevel.SERIAL;
    }

    private static <B> long readTimestamp(B in, PrimitiveCodec<B> from, int flags) {
        return Flags.contains(flags, QueryFlag.DEFAULT_TIMESTAMP)
                ? from.readLong(in)
                : QueryOptions.NO_DEFAULT_TIMESTAMP;
    }

    private static <B> @Nullable String readKeyspace(B in, PrimitiveCodec<B> from, int flags) {
        return Flags.contains(flags, QueryFlag.WITH_KEYSPACE) ? from.readString(in) : null;
    }

    private static <B> int readNow(B in, PrimitiveCodec<B> from, int flags) {
        return Flags.contains(flags, QueryFlag.NOW_IN_SECONDS) ? from.readInt(in) : QueryOptions.NO_NOW_IN_SECONDS;
    }

    /** The options of QUERY and EXECUTE. */
    private static final class OptionsCodec extends QueryOptions.Codec {
        OptionsCodec(int version) {
            super(version);
        }

        @Override
        public <B> QueryOptions decode(B in, PrimitiveCodec<B> from) {
            int consistency = from.readUnsignedShort(in);
            int flags = readFlags(in, from, protocolVersion);
            List<@Nullable ByteBuffer> values = List.of();
            Map<String, @Nullable ByteBuffer> namedValues = Map.of();
            if (Flags.contains(flags, QueryFlag.VALUES)) {
                if (Flags.contains(flags, QueryFlag.VALUE_NAMES)) {
                    namedValues = readNamedValues(in, from);
                } else {
                    values = readValues(in, from);
                }
            }
            int pageSize = Flags.contains(flags, QueryFlag.PAGE_SIZE) ? from.readInt(in) : -1;
            ByteBuffer pagingState = Flags.contains(flags, QueryFlag.PAGING_STATE) ? from.readBytes(in) : null;
            int serialConsistency = readSerialConsistency(in, from, flags);
            long timestamp = readTimestamp(in, from, flags);
            String keyspace = readKeyspace(in, from, flags);
            int now = readNow(in, from, flags);
            return new QueryOptions(
                    flags,
                    consistency,
                    values,
                    namedValues,
                    Flags.contains(flags, QueryFlag.SKIP_METADATA),
                    pageSize,
                    pagingState,
                    serialConsistency,
                    timestamp,
                    keyspace,
                    now);
        }
    }

    private static final class BatchCodec extends Batch.Codec {
        BatchCodec(int version) {
            super(version);
        }

        @Override
        public <B> Message decode(B in, PrimitiveCodec<B> from) {
            byte type = from.readByte(in);
            int count = FramePrimitives.checkCount(from.readUnsignedShort(in), LEAST_CHILD, from.sizeOf(in));
            List<Object> queriesOrIds = new ArrayList<>(count);
            List<List<@Nullable ByteBuffer>> values = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                int kind = from.readByte(in);
                if (kind != 0 && kind != 1) {
                    throw FramePrimitives.malformed("A statement of the unknown kind " + kind + " in a batch");
                }
                queriesOrIds.add(kind == 0 ? from.readLongString(in) : from.readShortBytes(in));
                values.add(readValues(in, from));
            }
            int consistency = from.readUnsignedShort(in);
            int flags = readFlags(in, from, protocolVersion);
            int serialConsistency = readSerialConsistency(in, from, flags);
            long timestamp = readTimestamp(in, from, flags);
            String keyspace = readKeyspace(in, from, flags);
            int now = readNow(in, from, flags);
            return new Batch(
                    flags, type, queriesOrIds, values, consistency, serialConsistency, timestamp, keyspace, now);
        }
    }
}
