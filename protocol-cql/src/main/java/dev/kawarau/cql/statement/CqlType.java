package dev.kawarau.cql.statement;

import java.util.List;
import java.util.Locale;

/** The type of a column, a field, an argument or a value. */
public sealed interface CqlType extends CqlPart {
    /** A type without parts. */
    enum Native implements CqlType {
        ASCII,
        BIGINT,
        BLOB,
        BOOLEAN,
        COUNTER,
        DATE,
        DECIMAL,
        DOUBLE,
        DURATION,
        FLOAT,
        INET,
        INT,
        SMALLINT,
        TEXT,
        TIME,
        TIMESTAMP,
        TIMEUUID,
        TINYINT,
        UUID,
        VARCHAR,
        VARINT;

        private final String cql = name().toLowerCase(Locale.ROOT);

        @Override
        public void appendTo(StringBuilder out) {
            out.append(cql);
        }
    }

    /** {@code list<element>}. */
    record ListOf(CqlType element) implements CqlType {
        @Override
        public void appendTo(StringBuilder cql) {
            cql.append("list<");
            element.appendTo(cql);
            cql.append('>');
        }
    }

    /** {@code set<element>}. */
    record SetOf(CqlType element) implements CqlType {
        @Override
        public void appendTo(StringBuilder cql) {
            cql.append("set<");
            element.appendTo(cql);
            cql.append('>');
        }
    }

    /** {@code map<key, value>}. */
    record MapOf(CqlType key, CqlType value) implements CqlType {
        @Override
        public void appendTo(StringBuilder cql) {
            cql.append("map<");
            key.appendTo(cql);
            cql.append(", ");
            value.appendTo(cql);
            cql.append('>');
        }
    }

    /** {@code tuple<first, second, ...>}. */
    record Tuple(List<CqlType> elements) implements CqlType {
        /** Copies the list. */
        public Tuple {
            elements = List.copyOf(elements);
        }

        @Override
        public void appendTo(StringBuilder cql) {
            cql.append("tuple<");
            Printer.parts(cql, elements, ", ");
            cql.append('>');
        }
    }

    /** {@code vector<element, dimension>}. */
    record Vector(CqlType element, int dimension) implements CqlType {
        @Override
        public void appendTo(StringBuilder cql) {
            cql.append("vector<");
            element.appendTo(cql);
            cql.append(", ").append(dimension).append('>');
        }
    }

    /** {@code frozen<type>}. */
    record Frozen(CqlType type) implements CqlType {
        @Override
        public void appendTo(StringBuilder cql) {
            cql.append("frozen<");
            type.appendTo(cql);
            cql.append('>');
        }
    }

    /** A type that a user defined. */
    record UserDefined(QualifiedName name) implements CqlType {
        @Override
        public void appendTo(StringBuilder cql) {
            Printer.typeName(cql, name);
        }
    }

    /** A type by its class on the server, or a part of a class's name. */
    record Custom(String className) implements CqlType {
        @Override
        public void appendTo(StringBuilder cql) {
            Printer.string(cql, className);
        }
    }
}
