package dev.kawarau.cql;

import com.datastax.oss.protocol.internal.FrameCodec;
import com.datastax.oss.protocol.internal.Message;
import com.datastax.oss.protocol.internal.PrimitiveCodec;
import com.datastax.oss.protocol.internal.ProtocolConstants.ErrorCode;
import com.datastax.oss.protocol.internal.ProtocolConstants.Version;
import com.datastax.oss.protocol.internal.response.AuthChallenge;
import com.datastax.oss.protocol.internal.response.AuthSuccess;
import com.datastax.oss.protocol.internal.response.Authenticate;
import com.datastax.oss.protocol.internal.response.Error;
import com.datastax.oss.protocol.internal.response.Event;
import com.datastax.oss.protocol.internal.response.Ready;
import com.datastax.oss.protocol.internal.response.Result;
import com.datastax.oss.protocol.internal.response.Supported;
import com.datastax.oss.protocol.internal.response.error.AlreadyExists;
import com.datastax.oss.protocol.internal.response.error.CASWriteUnknown;
import com.datastax.oss.protocol.internal.response.error.FunctionFailure;
import com.datastax.oss.protocol.internal.response.error.ReadFailure;
import com.datastax.oss.protocol.internal.response.error.ReadTimeout;
import com.datastax.oss.protocol.internal.response.error.Unavailable;
import com.datastax.oss.protocol.internal.response.error.Unprepared;
import com.datastax.oss.protocol.internal.response.error.WriteFailure;
import com.datastax.oss.protocol.internal.response.error.WriteTimeout;
import com.datastax.oss.protocol.internal.response.result.DefaultRows;
import com.datastax.oss.protocol.internal.response.result.Prepared;
import com.datastax.oss.protocol.internal.response.result.RowsMetadata;
import com.datastax.oss.protocol.internal.response.result.SchemaChange;
import com.datastax.oss.protocol.internal.response.result.SetKeyspace;
import com.datastax.oss.protocol.internal.response.result.Void;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * The driver's codecs of responses, but for those that take a count on the wire for granted or compare all names with
 * each other.
 */
final class ResponseCodecs {
    private static final int LEAST_VALUE = Integer.BYTES;

    /** An address of four bytes with its length, and a code. */
    private static final int LEAST_REASON = 1 + 4 + 2;

    private static final int[] ONLY_A_MESSAGE = {
        ErrorCode.SERVER_ERROR,
        ErrorCode.PROTOCOL_ERROR,
        ErrorCode.AUTH_ERROR,
        ErrorCode.OVERLOADED,
        ErrorCode.IS_BOOTSTRAPPING,
        ErrorCode.TRUNCATE_ERROR,
        ErrorCode.CDC_WRITE_FAILURE,
        ErrorCode.SYNTAX_ERROR,
        ErrorCode.UNAUTHORIZED,
        ErrorCode.INVALID,
        ErrorCode.CONFIG_ERROR
    };

    private ResponseCodecs() {}

    static void register(int version, FrameCodec.CodecGroup.Registry registry) {
        registry.addCodec(new AuthChallenge.Codec(version))
                .addCodec(new Authenticate.Codec(version))
                .addCodec(new AuthSuccess.Codec(version))
                .addCodec(errors(version))
                .addCodec(new Event.Codec(version))
                .addCodec(new Ready.Codec(version))
                .addCodec(new Result.Codec(
                        version,
                        new Void.SubCodec(version),
                        new RowsCodec(version),
                        new SetKeyspace.SubCodec(version),
                        new PreparedCodec(version),
                        new SchemaChange.SubCodec(version)))
                .addCodec(new Supported.Codec(version));
    }

    private static Error.Codec errors(int version) {
        List<Error.SubCodec> codecs = new ArrayList<>();
        for (int code : ONLY_A_MESSAGE) {
            codecs.add(new Error.SingleMessageSubCodec(code, version));
        }
        codecs.add(new Unavailable.SubCodec(version));
        codecs.add(new WriteTimeout.SubCodec(version));
        codecs.add(new ReadTimeout.SubCodec(version));
        codecs.add(new ReadFailureCodec(version));
        codecs.add(new FunctionFailure.SubCodec(version));
        codecs.add(new WriteFailureCodec(version));
        codecs.add(new CASWriteUnknown.SubCodec(version));
        codecs.add(new AlreadyExists.SubCodec(version));
        codecs.add(new Unprepared.SubCodec(version));
        return new Error.Codec(version, codecs.toArray(Error.SubCodec[]::new));
    }

    private static <B> Map<InetAddress, Integer> readReasons(B in, PrimitiveCodec<B> from) {
        int count = FramePrimitives.checkCount(from.readInt(in), LEAST_REASON, from.sizeOf(in));
        Map<InetAddress, Integer> reasons = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            FramePrimitives.putNew(reasons, from.readInetAddr(in), from.readUnsignedShort(in));
        }
        return reasons;
    }

    private static final class ReadFailureCodec extends ReadFailure.SubCodec {
        private final int version;

        ReadFailureCodec(int version) {
            super(version);
            this.version = version;
        }

        @Override
        public <B> Message decode(B in, PrimitiveCodec<B> from) {
            if (version < Version.V5) {
                return super.decode(in, from);
            }
            String message = from.readString(in);
            int consistency = from.readUnsignedShort(in);
            int received = from.readInt(in);
            int blockFor = from.readInt(in);
            Map<InetAddress, Integer> reasons = readReasons(in, from);
            boolean dataPresent = from.readByte(in) != 0;
            return new ReadFailure(message, consistency, received, blockFor, reasons.size(), reasons, dataPresent);
        }
    }

    private static final class WriteFailureCodec extends WriteFailure.SubCodec {
        private final int version;

        WriteFailureCodec(int version) {
            super(version);
            this.version = version;
        }

        @Override
        public <B> Message decode(B in, PrimitiveCodec<B> from) {
            if (version < Version.V5) {
                return super.decode(in, from);
            }
            String message = from.readString(in);
            int consistency = from.readUnsignedShort(in);
            int received = from.readInt(in);
            int blockFor = from.readInt(in);
            Map<InetAddress, Integer> reasons = readReasons(in, from);
            String writeType = from.readString(in);
            return new WriteFailure(message, consistency, received, blockFor, reasons.size(), reasons, writeType);
        }
    }

    private static final class RowsCodec extends DefaultRows.SubCodec {
        RowsCodec(int version) {
            super(version);
        }

        @Override
        public <B> Message decode(B in, PrimitiveCodec<B> from) {
            RowsMetadata metadata = MetadataReader.read(in, from, false);
            int columns = metadata.columnCount;
            int rows = checkRows(from.readInt(in), columns, from.sizeOf(in));
            Queue<List<@Nullable ByteBuffer>> data = new ArrayDeque<>(rows);
            for (int row = 0; row < rows; row++) {
                List<@Nullable ByteBuffer> cells = new ArrayList<>(columns);
                for (int column = 0; column < columns; column++) {
                    cells.add(from.readBytes(in));
                }
                data.add(cells);
            }
            return new DefaultRows(metadata, data);
        }

        /** Rows without columns take no bytes, and so there must be none. */
        private static int checkRows(int rows, int columns, int remaining) {
            boolean fit = rows == 0 || (columns > 0 && rows <= remaining / LEAST_VALUE / columns);
            if (rows < 0 || columns < 0 || !fit) {
                throw FramePrimitives.malformed(rows + " rows of " + columns + " columns in " + remaining + " bytes");
            }
            return rows;
        }
    }

    private static final class PreparedCodec extends Prepared.SubCodec {
        PreparedCodec(int version) {
            super(version);
        }

        @Override
        public <B> Message decode(B in, PrimitiveCodec<B> from) {
            byte[] id = from.readShortBytes(in);
            byte @Nullable [] resultId = protocolVersion >= Version.V5 ? from.readShortBytes(in) : null;
            RowsMetadata variables = MetadataReader.read(in, from, protocolVersion >= Version.V4);
            RowsMetadata result = MetadataReader.read(in, from, false);
            return new Prepared(id, resultId, variables, result);
        }
    }
}
