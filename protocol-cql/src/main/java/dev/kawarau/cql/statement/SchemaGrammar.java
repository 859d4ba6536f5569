package dev.kawarau.cql.statement;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Statements on the schema, but for tables, after the words that say what they are about. */
final class SchemaGrammar {
    private SchemaGrammar() {}

    static boolean ifExists(Cursor cursor) {
        return cursor.accept(Token.IF, Token.EXISTS);
    }

    static CqlStatement createKeyspace(Cursor cursor) {
        boolean ifNotExists = DataGrammar.ifNotExists(cursor);
        String keyspace = NameGrammar.keyspace(cursor);
        cursor.expect(Token.WITH);
        return new KeyspaceStatement.CreateKeyspace(ifNotExists, keyspace, PropertyGrammar.properties(cursor));
    }

    static CqlStatement alterKeyspace(Cursor cursor) {
        boolean ifExists = ifExists(cursor);
        String keyspace = NameGrammar.keyspace(cursor);
        cursor.expect(Token.WITH);
        return new KeyspaceStatement.AlterKeyspace(ifExists, keyspace, PropertyGrammar.properties(cursor));
    }

    static CqlStatement dropKeyspace(Cursor cursor) {
        boolean ifExists = ifExists(cursor);
        return new KeyspaceStatement.DropKeyspace(ifExists, NameGrammar.keyspace(cursor));
    }

    static CqlStatement createType(Cursor cursor) {
        boolean ifNotExists = DataGrammar.ifNotExists(cursor);
        QualifiedName target = TypeGrammar.name(cursor);
        cursor.expect(Token.OPEN);
        List<TypeStatement.Field> fields = new ArrayList<>();
        fields.add(field(cursor));
        while (cursor.accept(Token.COMMA)) {
            // A comma may be followed by none, even by another comma.
            if (!cursor.at(Token.COMMA) && !cursor.at(Token.CLOSE)) {
                fields.add(field(cursor));
            }
        }
        cursor.expect(Token.CLOSE);
        return new TypeStatement.CreateType(ifNotExists, target, fields);
    }

    private static TypeStatement.Field field(Cursor cursor) {
        String name = NameGrammar.name(cursor, "a field");
        return new TypeStatement.Field(name, TypeGrammar.type(cursor));
    }

    static CqlStatement alterType(Cursor cursor) {
        boolean ifExists = ifExists(cursor);
        QualifiedName target = TypeGrammar.name(cursor);
        return new TypeStatement.AlterType(ifExists, target, typeChange(cursor));
    }

    private static TypeStatement.Change typeChange(Cursor cursor) {
        if (cursor.accept(Token.ALTER)) {
            String name = NameGrammar.name(cursor, "a field");
            cursor.expect(Token.TYPE);
            return new TypeStatement.Change.Alter(new TypeStatement.Field(name, TypeGrammar.type(cursor)));
        }
        if (cursor.accept(Token.ADD)) {
            boolean ifFieldNotExists = DataGrammar.ifNotExists(cursor);
            return new TypeStatement.Change.Add(ifFieldNotExists, field(cursor));
        }
        if (cursor.accept(Token.RENAME)) {
            boolean ifFieldExists = ifExists(cursor);
            return new TypeStatement.Change.Rename(ifFieldExists, renamings(cursor));
        }
        throw cursor.unexpected("ALTER, ADD or RENAME");
    }

    static List<Renaming> renamings(Cursor cursor) {
        List<Renaming> renamings = new ArrayList<>();
        do {
            String from = NameGrammar.name(cursor, "a name");
            cursor.expect(Token.TO);
            renamings.add(new Renaming(from, NameGrammar.name(cursor, "a name")));
        } while (cursor.accept(Token.AND));
        return renamings;
    }

    static CqlStatement createIndex(Cursor cursor, boolean custom) {
        boolean ifNotExists = DataGrammar.ifNotExists(cursor);
        String name = cursor.at(Token.ON) ? null : NameGrammar.name(cursor, "an index or ON");
        cursor.expect(Token.ON);
        QualifiedName target = NameGrammar.table(cursor);
        cursor.expect(Token.OPEN);
        List<IndexStatement.IndexedColumn> columns = new ArrayList<>();
        if (!cursor.at(Token.CLOSE)) {
            do {
                columns.add(indexed(cursor));
            } while (cursor.accept(Token.COMMA));
        }
        cursor.expect(Token.CLOSE);
        String using = cursor.accept(Token.USING) ? string(cursor) : null;
        return new IndexStatement.CreateIndex(
                custom, ifNotExists, name, target, columns, using, PropertyGrammar.optional(cursor));
    }

    private static IndexStatement.IndexedColumn indexed(Cursor cursor) {
        IndexStatement.IndexedColumn.Part part = part(cursor);
        if (part == IndexStatement.IndexedColumn.Part.COLUMN) {
            return new IndexStatement.IndexedColumn(part, NameGrammar.columnOrEmpty(cursor));
        }
        cursor.advance();
        cursor.expect(Token.OPEN);
        String column = NameGrammar.columnOrEmpty(cursor);
        cursor.expect(Token.CLOSE);
        return new IndexStatement.IndexedColumn(part, column);
    }

    private static IndexStatement.IndexedColumn.Part part(Cursor cursor) {
        if (cursor.at(Token.END) || cursor.peek(1) != Token.OPEN) {
            return IndexStatement.IndexedColumn.Part.COLUMN;
        }
        return switch (cursor.token()) {
            case VALUES -> IndexStatement.IndexedColumn.Part.VALUES;
            case KEYS -> IndexStatement.IndexedColumn.Part.KEYS;
            case ENTRIES -> IndexStatement.IndexedColumn.Part.ENTRIES;
            case FULL -> IndexStatement.IndexedColumn.Part.FULL;
            default -> IndexStatement.IndexedColumn.Part.COLUMN;
        };
    }

    static String string(Cursor cursor) {
        if (!cursor.at(Token.STRING)) {
            throw cursor.unexpected("a string");
        }
        return cursor.takeQuoted();
    }

    static CqlStatement dropIndex(Cursor cursor) {
        boolean ifExists = ifExists(cursor);
        return new IndexStatement.DropIndex(ifExists, NameGrammar.qualified(cursor, "an index"));
    }

    static CqlStatement createView(Cursor cursor) {
        boolean ifNotExists = DataGrammar.ifNotExists(cursor);
        QualifiedName target = NameGrammar.table(cursor);
        cursor.expect(Token.AS);
        cursor.expect(Token.SELECT);
        List<Selection> selections = SelectorGrammar.selections(cursor);
        cursor.expect(Token.FROM);
        QualifiedName from = NameGrammar.table(cursor);
        List<Relation> where = DataGrammar.optionalWhere(cursor);
        PrimaryKey primaryKey = TableGrammar.primaryKey(cursor);
        return new ViewStatement.CreateView(
                ifNotExists, target, selections, from, where, primaryKey, PropertyGrammar.tableOptions(cursor, false));
    }

    static CqlStatement alterView(Cursor cursor) {
        boolean ifExists = ifExists(cursor);
        QualifiedName target = NameGrammar.table(cursor);
        cursor.expect(Token.WITH);
        return new ViewStatement.AlterView(ifExists, target, PropertyGrammar.properties(cursor));
    }

    static CqlStatement createFunction(Cursor cursor, boolean orReplace) {
        boolean ifNotExists = DataGrammar.ifNotExists(cursor);
        QualifiedName target = NameGrammar.function(cursor);
        List<FunctionStatement.Argument> arguments = arguments(cursor);
        boolean calledOnNull = cursor.accept(Token.CALLED);
        if (!calledOnNull && !cursor.accept(Token.RETURNS, Token.NULL)) {
            throw cursor.unexpected("RETURNS NULL or CALLED");
        }
        cursor.expect(Token.ON);
        cursor.expect(Token.NULL);
        cursor.expect(Token.INPUT);
        cursor.expect(Token.RETURNS);
        CqlType returns = TypeGrammar.type(cursor);
        cursor.expect(Token.LANGUAGE);
        if (!cursor.at(Token.IDENTIFIER)) {
            throw cursor.unexpected("a language");
        }
        String language = cursor.takeFolded();
        cursor.expect(Token.AS);
        return new FunctionStatement.CreateFunction(
                orReplace, ifNotExists, target, arguments, calledOnNull, returns, language, string(cursor));
    }

    private static List<FunctionStatement.Argument> arguments(Cursor cursor) {
        cursor.expect(Token.OPEN);
        List<FunctionStatement.Argument> arguments = new ArrayList<>();
        if (!cursor.at(Token.CLOSE)) {
            do {
                String name = NameGrammar.name(cursor, "an argument");
                arguments.add(new FunctionStatement.Argument(name, TypeGrammar.type(cursor)));
            } while (cursor.accept(Token.COMMA));
        }
        cursor.expect(Token.CLOSE);
        return arguments;
    }

    static CqlStatement dropFunction(Cursor cursor) {
        boolean ifExists = ifExists(cursor);
        QualifiedName target = NameGrammar.function(cursor);
        return new FunctionStatement.DropFunction(ifExists, target, optionalTypes(cursor));
    }

    private static @Nullable List<CqlType> optionalTypes(Cursor cursor) {
        return cursor.at(Token.OPEN) ? TypeGrammar.arguments(cursor) : null;
    }

    static CqlStatement createAggregate(Cursor cursor, boolean orReplace) {
        boolean ifNotExists = DataGrammar.ifNotExists(cursor);
        QualifiedName target = NameGrammar.function(cursor);
        List<CqlType> arguments = TypeGrammar.arguments(cursor);
        cursor.expect(Token.SFUNC);
        String stateFunction = NameGrammar.unqualifiedFunction(cursor);
        cursor.expect(Token.STYPE);
        CqlType stateType = TypeGrammar.type(cursor);
        String finalFunction = cursor.accept(Token.FINALFUNC) ? NameGrammar.unqualifiedFunction(cursor) : null;
        Term initialState = cursor.accept(Token.INITCOND) ? TermGrammar.term(cursor) : null;
        return new FunctionStatement.CreateAggregate(
                orReplace, ifNotExists, target, arguments, stateFunction, stateType, finalFunction, initialState);
    }

    static CqlStatement dropAggregate(Cursor cursor) {
        boolean ifExists = ifExists(cursor);
        QualifiedName target = NameGrammar.function(cursor);
        return new FunctionStatement.DropAggregate(ifExists, target, optionalTypes(cursor));
    }

    static CqlStatement createTrigger(Cursor cursor) {
        boolean ifNotExists = DataGrammar.ifNotExists(cursor);
        String name = NameGrammar.name(cursor, "a trigger");
        cursor.expect(Token.ON);
        QualifiedName target = NameGrammar.table(cursor);
        cursor.expect(Token.USING);
        return new TriggerStatement.CreateTrigger(ifNotExists, name, target, string(cursor));
    }

    static CqlStatement dropTrigger(Cursor cursor) {
        boolean ifExists = ifExists(cursor);
        String name = NameGrammar.name(cursor, "a trigger");
        cursor.expect(Token.ON);
        return new TriggerStatement.DropTrigger(ifExists, name, NameGrammar.table(cursor));
    }
}
