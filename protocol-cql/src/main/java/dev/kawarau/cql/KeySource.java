package dev.kawarau.cql;

import com.datastax.oss.driver.api.core.ProtocolVersion;
import com.datastax.oss.driver.api.core.type.DataType;
import com.datastax.oss.driver.api.core.type.DataTypes;
import com.datastax.oss.driver.api.core.type.ListType;
import com.datastax.oss.driver.api.core.type.MapType;
import com.datastax.oss.driver.api.core.type.SetType;
import com.datastax.oss.driver.api.core.type.TupleType;
import com.datastax.oss.driver.api.core.type.UserDefinedType;
import com.datastax.oss.driver.api.core.type.VectorType;
import com.datastax.oss.driver.api.core.type.codec.TypeCodec;
import com.datastax.oss.driver.api.core.type.codec.registry.CodecRegistry;
import dev.kawarau.cql.statement.Term;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where the value of a column comes from: the statement itself, or what a request binds to its markers. */
sealed interface KeySource {
    /** Appends the values; false if there is one that is not known, or is null. */
    boolean addTo(List<ByteBuf> found, CqlValues bound);

    /** A literal, as the server would store it. */
    record Constant(ByteBuf value) implements KeySource {
        @Override
        public boolean addTo(List<ByteBuf> found, CqlValues bound) {
            return found.add(value.duplicate());
        }
    }

    /** A marker for one value. */
    record Marked(int position, @Nullable String name) implements KeySource {
        @Override
        public boolean addTo(List<ByteBuf> found, CqlValues bound) {
            int index = indexIn(bound, position, name);
            ByteBuf value = index < 0 ? null : bound.get(index);
            return value != null && found.add(value);
        }
    }

    /** A marker for a list of values, as in {@code k IN ?}. */
    record MarkedList(int position, @Nullable String name) implements KeySource {
        @Override
        public boolean addTo(List<ByteBuf> found, CqlValues bound) {
            int index = indexIn(bound, position, name);
            ByteBuf list = index < 0 ? null : bound.get(index);
            if (list == null || list.readableBytes() < Integer.BYTES) {
                return false;
            }
            for (int left = list.readInt(); left > 0; left--) {
                int length = list.readableBytes() < Integer.BYTES ? -1 : list.readInt();
                if (length < 0 || length > list.readableBytes()) {
                    return false;
                }
                found.add(list.readSlice(length));
            }
            return true;
        }
    }

    /** Several, as in {@code k IN (1, ?)}. */
    record Several(List<KeySource> sources) implements KeySource {
        @Override
        public boolean addTo(List<ByteBuf> found, CqlValues bound) {
            for (KeySource source : sources) {
                if (!source.addTo(found, bound)) {
                    return false;
                }
            }
            return true;
        }
    }

    private static int indexIn(CqlValues bound, int position, @Nullable String name) {
        if (bound.areNamed()) {
            return name == null ? -1 : bound.indexOf(name);
        }
        return position < bound.count() ? position : -1;
    }

    /**
     * Where the value of a term comes from.
     *
     * @param type of the column; null if it is not known, so that only what is bound is
     * @return null if it is computed, or no value of the type
     */
    static @Nullable KeySource of(Term term, @Nullable DataType type) {
        if (term instanceof Term.Marker marker) {
            return new Marked(marker.position(), marker.name());
        }
        ByteBuf constant = type == null ? null : constant(term, type);
        return constant == null ? null : new Constant(constant);
    }

    /** Where the values of the terms come from; null if one of them is not known. */
    static @Nullable KeySource of(List<Term> terms, @Nullable DataType type) {
        List<KeySource> sources = new ArrayList<>(terms.size());
        for (Term term : terms) {
            KeySource source = of(term, type);
            if (source == null) {
                return null;
            }
            sources.add(source);
        }
        return new Several(List.copyOf(sources));
    }

    /** What the driver's codec for the type makes of it. */
    private static @Nullable ByteBuf constant(Term term, DataType type) {
        if (!isPlain(term) || isSorted(type) || isLocalTime(term, type)) {
            return null;
        }
        try {
            TypeCodec<Object> codec = CodecRegistry.DEFAULT.codecFor(type);
            ByteBuffer value = codec.encode(codec.parse(term.toCql()), ProtocolVersion.DEFAULT);
            return value == null ? null : Unpooled.wrappedBuffer(value).asReadOnly();
        } catch (RuntimeException noValueOfThatType) {
            // The server will say so.
            return null;
        }
    }

    /** Whether a term stands for itself. Its parts need no look: the codec takes nothing else. */
    private static boolean isPlain(Term term) {
        return term instanceof Term.Literal
                || term instanceof Term.ListOf
                || term instanceof Term.SetOf
                || term instanceof Term.MapOf
                || term instanceof Term.Tuple
                || term instanceof Term.UserDefined;
    }

    /** Whether there is a set or a map in it, which the server sorts by rules of its own for each type. */
    private static boolean isSorted(DataType type) {
        if (type instanceof SetType || type instanceof MapType) {
            return true;
        }
        if (type instanceof ListType list) {
            return isSorted(list.getElementType());
        }
        if (type instanceof VectorType vector) {
            return isSorted(vector.getElementType());
        }
        if (type instanceof TupleType tuple) {
            return tuple.getComponentTypes().stream().anyMatch(KeySource::isSorted);
        }
        return type instanceof UserDefinedType fields
                && fields.getFieldTypes().stream().anyMatch(KeySource::isSorted);
    }

    /** A time without a zone is in that of the server, which is not known here. */
    private static boolean isLocalTime(Term term, DataType type) {
        if (!type.equals(DataTypes.TIMESTAMP) || !(term instanceof Term.Literal literal)) {
            return false;
        }
        String text = literal.text();
        int length = text.length();
        boolean isNumber = literal.kind() != Term.Literal.Kind.STRING;
        int zone = Math.max(text.indexOf('+', length - 6), text.indexOf('-', length - 6));
        boolean hasZone = text.endsWith("Z") || text.endsWith("z") || (length > 16 && zone >= 0);
        return !isNumber && !hasZone;
    }
}
