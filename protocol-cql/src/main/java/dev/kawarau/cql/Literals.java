package dev.kawarau.cql;

import com.datastax.oss.driver.api.core.CqlIdentifier;
import com.datastax.oss.driver.api.core.ProtocolVersion;
import com.datastax.oss.driver.api.core.type.CustomType;
import com.datastax.oss.driver.api.core.type.DataType;
import com.datastax.oss.driver.api.core.type.DataTypes;
import com.datastax.oss.driver.api.core.type.ListType;
import com.datastax.oss.driver.api.core.type.TupleType;
import com.datastax.oss.driver.api.core.type.UserDefinedType;
import com.datastax.oss.driver.api.core.type.VectorType;
import com.datastax.oss.driver.api.core.type.codec.TypeCodec;
import com.datastax.oss.driver.api.core.type.codec.registry.CodecRegistry;
import dev.kawarau.cql.statement.Term;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.NetUtil;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What literals are stored as, where that is the same on each server and takes no more than to look at them. */
final class Literals {
    /**
     * A time without a zone is in that of the server, which is not known here; of a fraction of one or two digits the
     * driver makes milliseconds, and servers tenths and hundredths of a second.
     */
    private static final Pattern CERTAIN_TIME =
            Pattern.compile("\\d{4}-\\d\\d-\\d\\d[T ]\\d\\d:\\d\\d(:\\d\\d(\\.\\d{3})?)?(Z|[+-]\\d\\d:?\\d\\d)");

    private Literals() {}

    /** What the driver's codec for the type makes of a term; null if it is computed, or not for sure. */
    static @Nullable ByteBuf encoded(Term term, DataType type) {
        if (!isCertain(term, type)) {
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

    /** Not so sets and maps, which servers sort by rules of their own for each type. */
    private static boolean isCertain(Term term, DataType type) {
        if (term instanceof Term.Literal literal) {
            return isCertain(literal, type);
        }
        if (term instanceof Term.ListOf list) {
            return type instanceof ListType elements
                    ? areCertain(list.elements(), elements.getElementType())
                    : type instanceof VectorType numbers && areCertain(list.elements(), numbers.getElementType());
        }
        if (term instanceof Term.Tuple tuple) {
            return type instanceof TupleType of && isCertain(tuple.elements(), of.getComponentTypes());
        }
        return term instanceof Term.UserDefined fields
                && type instanceof UserDefinedType of
                && isCertain(fields.fields(), of);
    }

    private static boolean areCertain(List<Term> elements, DataType type) {
        for (Term element : elements) {
            if (!isCertain(element, type)) {
                return false;
            }
        }
        return true;
    }

    /** One that leaves out the last elements is stored without them, and not with nulls in their place. */
    private static boolean isCertain(List<Term> elements, List<DataType> types) {
        if (elements.size() != types.size()) {
            return false;
        }
        for (int i = 0; i < elements.size(); i++) {
            if (!isCertain(elements.get(i), types.get(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isCertain(List<Term.UserDefined.Field> fields, UserDefinedType type) {
        Set<String> names = new HashSet<>();
        for (Term.UserDefined.Field field : fields) {
            int index = type.firstIndexOf(CqlIdentifier.fromInternal(field.name()));
            if (index < 0
                    || !names.add(field.name())
                    || !isCertain(field.value(), type.getFieldTypes().get(index))) {
                return false;
            }
        }
        return names.size() == type.getFieldTypes().size();
    }

    private static boolean isCertain(Term.Literal literal, DataType type) {
        if (type.equals(DataTypes.TIMESTAMP)) {
            return literal.kind() == Term.Literal.Kind.INTEGER
                    || CERTAIN_TIME.matcher(literal.text()).matches();
        }
        // A codec would ask a name server for anything else, and wait for the answer.
        return !(type instanceof CustomType) && (!type.equals(DataTypes.INET) || isAddress(literal.text()));
    }

    private static boolean isAddress(String text) {
        return NetUtil.isValidIpV4Address(text)
                || (NetUtil.isValidIpV6Address(text) && text.indexOf('%') < 0 && text.indexOf('[') < 0);
    }
}
