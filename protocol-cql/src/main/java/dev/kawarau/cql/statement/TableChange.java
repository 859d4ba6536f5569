package dev.kawarau.cql.statement;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What an ALTER TABLE does. */
public sealed interface TableChange extends CqlPart {
    /** {@code ALTER column TYPE type}, which no server does any more. */
    record AlterType(String column, CqlType type) implements TableChange {
        @Override
        public void appendTo(StringBuilder cql) {
            cql.append("ALTER ");
            Printer.name(cql, column);
            cql.append(" TYPE ");
            type.appendTo(cql);
        }
    }

    /**
     * {@code ALTER column MASKED WITH ...} or {@code ALTER column DROP MASKED}.
     *
     * @param mask null to have none any more
     */
    record AlterMask(boolean ifColumnExists, String column, ColumnDefinition.@Nullable Mask mask)
            implements TableChange {
        @Override
        public void appendTo(StringBuilder cql) {
            cql.append("ALTER ").append(ifColumnExists ? "IF EXISTS " : "");
            Printer.name(cql, column);
            cql.append(' ');
            if (mask == null) {
                cql.append("DROP MASKED");
            } else {
                mask.appendTo(cql);
            }
        }
    }

    /** {@code ADD column type}. */
    record Add(boolean ifColumnNotExists, List<ColumnDefinition> columns) implements TableChange {
        /** Copies the list. */
        public Add {
            columns = List.copyOf(columns);
        }

        @Override
        public void appendTo(StringBuilder cql) {
            cql.append("ADD ").append(ifColumnNotExists ? "IF NOT EXISTS " : "");
            if (columns.size() == 1) {
                columns.get(0).appendTo(cql);
            } else {
                Printer.bracketed(cql, '(', columns, ')');
            }
        }
    }

    /**
     * {@code DROP column}.
     *
     * @param timestamp microseconds since 1970: what was written later stays; null for now
     */
    record Drop(
            boolean ifColumnExists,
            List<String> columns,
            @Nullable Long timestamp) implements TableChange {
        /** Copies the list. */
        public Drop {
            columns = List.copyOf(columns);
        }

        @Override
        public void appendTo(StringBuilder cql) {
            cql.append("DROP ").append(ifColumnExists ? "IF EXISTS " : "");
            cql.append(columns.size() == 1 ? "" : "(");
            Printer.names(cql, columns);
            cql.append(columns.size() == 1 ? "" : ")");
            if (timestamp != null) {
                cql.append(" USING TIMESTAMP ").append(timestamp);
            }
        }
    }

    /** {@code RENAME from TO to}. */
    record Rename(boolean ifColumnExists, List<Renaming> renamings) implements TableChange {
        /** Copies the list. */
        public Rename {
            renamings = List.copyOf(renamings);
        }

        @Override
        public void appendTo(StringBuilder cql) {
            cql.append("RENAME ").append(ifColumnExists ? "IF EXISTS " : "");
            Printer.parts(cql, renamings, " AND ");
        }
    }

    /** {@code DROP COMPACT STORAGE}. */
    record DropCompactStorage() implements TableChange {
        @Override
        public void appendTo(StringBuilder cql) {
            cql.append("DROP COMPACT STORAGE");
        }
    }

    /** {@code WITH property = value}. */
    record With(List<Property> properties) implements TableChange {
        /** Copies the list. */
        public With {
            properties = List.copyOf(properties);
        }

        @Override
        public void appendTo(StringBuilder cql) {
            Printer.clause(cql, "WITH ", properties, " AND ");
        }
    }
}
