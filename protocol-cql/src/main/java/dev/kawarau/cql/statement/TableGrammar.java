package dev.kawarau.cql.statement;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Statements that make and change tables, after the words that say so. */
final class TableGrammar {
    private TableGrammar() {}

    static TableStatement.CreateTable create(Cursor cursor) {
        boolean ifNotExists = DataGrammar.ifNotExists(cursor);
        QualifiedName target = NameGrammar.table(cursor);
        cursor.expect(Token.OPEN);
        List<ColumnDefinition> columns = new ArrayList<>();
        Set<String> names = new HashSet<>();
        PrimaryKey primaryKey = null;
        do {
            // A comma may be followed by none, even by another comma.
            if (!names.isEmpty() || primaryKey != null) {
                if (cursor.at(Token.COMMA) || cursor.at(Token.CLOSE)) {
                    continue;
                }
            }
            int mark = cursor.mark();
            PrimaryKey key;
            if (cursor.at(Token.PRIMARY)) {
                key = primaryKey(cursor);
            } else {
                ColumnDefinition column = column(cursor);
                columns.add(column);
                if (!names.add(column.name())) {
                    throw cursor.errorAt(mark, "the column " + column.name() + " is defined more than once");
                }
                key = cursor.accept(Token.PRIMARY, Token.KEY)
                        ? new PrimaryKey(List.of(column.name()), List.of())
                        : null;
            }
            if (key != null && primaryKey != null) {
                throw cursor.errorAt(mark, "the table has more than one primary key");
            }
            primaryKey = key == null ? primaryKey : key;
        } while (cursor.accept(Token.COMMA));
        cursor.expect(Token.CLOSE);
        return new TableStatement.CreateTable(
                ifNotExists, target, columns, primaryKey, PropertyGrammar.tableOptions(cursor, true));
    }

    private static ColumnDefinition column(Cursor cursor) {
        String name = NameGrammar.column(cursor);
        CqlType type = TypeGrammar.type(cursor);
        boolean isStatic = cursor.accept(Token.STATIC);
        return new ColumnDefinition(name, type, isStatic, mask(cursor));
    }

    private static ColumnDefinition.@Nullable Mask mask(Cursor cursor) {
        if (!cursor.accept(Token.MASKED, Token.WITH)) {
            return null;
        }
        if (cursor.at(Token.DEFAULT) && cursor.peek(1) != Token.OPEN && cursor.peek(1) != Token.DOT) {
            cursor.advance();
            return new ColumnDefinition.Mask(null, List.of());
        }
        QualifiedName function = NameGrammar.function(cursor);
        cursor.expect(Token.OPEN);
        return new ColumnDefinition.Mask(function, TermGrammar.terms(cursor, Token.CLOSE));
    }

    static PrimaryKey primaryKey(Cursor cursor) {
        cursor.expect(Token.PRIMARY);
        cursor.expect(Token.KEY);
        cursor.expect(Token.OPEN);
        List<String> partition = new ArrayList<>();
        if (cursor.accept(Token.OPEN)) {
            do {
                partition.add(NameGrammar.column(cursor));
            } while (cursor.accept(Token.COMMA));
            cursor.expect(Token.CLOSE);
        } else {
            partition.add(NameGrammar.column(cursor));
        }
        List<String> clustering = new ArrayList<>();
        while (cursor.accept(Token.COMMA)) {
            clustering.add(NameGrammar.column(cursor));
        }
        cursor.expect(Token.CLOSE);
        return new PrimaryKey(partition, clustering);
    }

    static TableStatement.AlterTable alter(Cursor cursor) {
        boolean ifExists = SchemaGrammar.ifExists(cursor);
        QualifiedName target = NameGrammar.table(cursor);
        return new TableStatement.AlterTable(ifExists, target, change(cursor));
    }

    private static TableChange change(Cursor cursor) {
        Token token = cursor.token();
        Token next = token == Token.END ? Token.END : cursor.peek(1);
        if (token == Token.DROP && next == Token.COMPACT && cursor.peek(2) == Token.STORAGE) {
            cursor.advance();
            cursor.advance();
            cursor.advance();
            return new TableChange.DropCompactStorage();
        }
        cursor.advance();
        return switch (token) {
            case ALTER -> alterColumn(cursor);
            case ADD -> add(cursor);
            case DROP -> drop(cursor);
            case RENAME -> {
                boolean ifColumnExists = SchemaGrammar.ifExists(cursor);
                yield new TableChange.Rename(ifColumnExists, SchemaGrammar.renamings(cursor));
            }
            case WITH -> new TableChange.With(PropertyGrammar.properties(cursor));
            default -> throw cursor.unexpected("ALTER, ADD, DROP, RENAME or WITH");
        };
    }

    private static TableChange alterColumn(Cursor cursor) {
        boolean ifColumnExists = SchemaGrammar.ifExists(cursor);
        String column = NameGrammar.columnOrEmpty(cursor);
        if (!ifColumnExists && cursor.accept(Token.TYPE)) {
            return new TableChange.AlterType(column, TypeGrammar.type(cursor));
        }
        if (cursor.accept(Token.DROP, Token.MASKED)) {
            return new TableChange.AlterMask(ifColumnExists, column, null);
        }
        ColumnDefinition.Mask mask = mask(cursor);
        if (mask == null) {
            throw cursor.unexpected("TYPE, MASKED WITH or DROP MASKED");
        }
        return new TableChange.AlterMask(ifColumnExists, column, mask);
    }

    private static TableChange add(Cursor cursor) {
        boolean ifColumnNotExists = DataGrammar.ifNotExists(cursor);
        if (!cursor.accept(Token.OPEN)) {
            return new TableChange.Add(ifColumnNotExists, List.of(column(cursor)));
        }
        List<ColumnDefinition> columns = new ArrayList<>();
        do {
            columns.add(column(cursor));
        } while (cursor.accept(Token.COMMA));
        cursor.expect(Token.CLOSE);
        return new TableChange.Add(ifColumnNotExists, columns);
    }

    private static TableChange drop(Cursor cursor) {
        boolean ifColumnExists = SchemaGrammar.ifExists(cursor);
        List<String> columns = new ArrayList<>();
        if (cursor.accept(Token.OPEN)) {
            do {
                columns.add(NameGrammar.column(cursor));
            } while (cursor.accept(Token.COMMA));
            cursor.expect(Token.CLOSE);
        } else {
            columns.add(NameGrammar.column(cursor));
        }
        Long timestamp = cursor.accept(Token.USING, Token.TIMESTAMP) ? timestamp(cursor) : null;
        return new TableChange.Drop(ifColumnExists, columns, timestamp);
    }

    private static Long timestamp(Cursor cursor) {
        if (!cursor.at(Token.INTEGER)) {
            throw cursor.unexpected("an integer");
        }
        long timestamp;
        try {
            timestamp = Long.parseLong(cursor.source());
        } catch (NumberFormatException e) {
            throw cursor.error("the timestamp is out of range");
        }
        cursor.advance();
        return timestamp;
    }
}
