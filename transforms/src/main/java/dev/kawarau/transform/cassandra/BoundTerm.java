package dev.kawarau.transform.cassandra;

import com.datastax.oss.driver.api.core.ProtocolVersion;
import com.datastax.oss.driver.api.core.detach.AttachmentPoint;
import com.datastax.oss.driver.api.core.type.codec.TypeCodec;
import com.datastax.oss.driver.api.core.type.codec.registry.CodecRegistry;
import com.datastax.oss.driver.internal.core.type.DataTypeHelper;
import com.datastax.oss.protocol.internal.ProtocolConstants;
import com.datastax.oss.protocol.internal.ProtocolConstants.DataType;
import com.datastax.oss.protocol.internal.request.query.QueryOptions;
import com.datastax.oss.protocol.internal.response.result.RawType;
import dev.kawarau.Failure;
import dev.kawarau.cql.statement.Term;
import io.netty.util.NetUtil;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** What a term of a WHERE stands for: a literal, or what a request binds to a marker. */
final class BoundTerm {
    private BoundTerm() {}

    /**
     * The value as the protocol has it.
     *
     * @param column which name the value has if the marker has none, but values have
     * @return null for null
     * @throws Failure if it is no value of that type, or computed
     */
    static @Nullable ByteBuffer bytes(Term term, String column, RawType type, QueryOptions bound) {
        if (term instanceof Term.Marker marker) {
            return value(marker, column, bound);
        }
        if (!(term instanceof Term.Literal literal)) {
            throw NodeSelect.refused(term.toCql());
        }
        if (type.id == DataType.INET && literal.kind() == Term.Literal.Kind.STRING) {
            // The driver's codec would look names up, and block.
            byte[] address = NetUtil.createByteArrayFromIpAddressString(literal.text());
            if (address == null) {
                throw invalid(term);
            }
            return ByteBuffer.wrap(address);
        }
        try {
            TypeCodec<Object> codec = codec(type);
            return codec.encode(codec.parse(term.toCql()), ProtocolVersion.DEFAULT);
        } catch (RuntimeException noValueOfThatType) {
            throw invalid(term);
        }
    }

    static TypeCodec<Object> codec(RawType type) {
        return CodecRegistry.DEFAULT.codecFor(DataTypeHelper.fromProtocolSpec(type, AttachmentPoint.NONE));
    }

    /** What is bound to a marker; null for null. */
    @SuppressWarnings("ReferenceEquality") // how the codec says it
    static @Nullable ByteBuffer value(Term.Marker marker, String column, QueryOptions bound) {
        String name = marker.name() == null ? column : marker.name();
        int position = marker.position();
        boolean given = bound.namedValues.containsKey(name) || position < bound.positionalValues.size();
        ByteBuffer value = bound.namedValues.isEmpty() && given
                ? bound.positionalValues.get(position)
                : bound.namedValues.get(name);
        if (!given || value == ProtocolConstants.UNSET_VALUE) {
            throw new Failure(Failure.Kind.INVALID, "there is no value for " + marker.toCql() + " of " + column);
        }
        return value;
    }

    private static Failure invalid(Term term) {
        return new Failure(Failure.Kind.INVALID, "Invalid constant " + term.toCql());
    }
}
