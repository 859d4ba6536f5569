package dev.kawarau.cql.statement;

import java.util.ArrayList;
import java.util.List;

/** Statements that read and change rows, after the word that they begin with. */
final class DataGrammar {
    private DataGrammar() {}

    static Select select(Cursor cursor) {
        cursor.expect(Token.SELECT);
        boolean json = SelectorGrammar.acceptModifier(cursor, Token.JSON);
        boolean distinct = SelectorGrammar.acceptModifier(cursor, Token.DISTINCT);
        List<Selection> selections = SelectorGrammar.selections(cursor);
        cursor.expect(Token.FROM);
        QualifiedName from = NameGrammar.table(cursor);
        List<Relation> where = optionalWhere(cursor);
        List<Selector> groupBy = cursor.accept(Token.GROUP, Token.BY) ? groupBy(cursor) : List.of();
        List<Select.Ordering> orderBy = cursor.accept(Token.ORDER, Token.BY) ? orderBy(cursor) : List.of();
        Term perPartitionLimit = null;
        if (cursor.accept(Token.PER, Token.PARTITION)) {
            cursor.expect(Token.LIMIT);
            perPartitionLimit = TermGrammar.integer(cursor);
        }
        Term limit = cursor.accept(Token.LIMIT) ? TermGrammar.integer(cursor) : null;
        boolean allowFiltering = cursor.accept(Token.ALLOW, Token.FILTERING);
        return new Select(
                json, distinct, selections, from, where, groupBy, orderBy, perPartitionLimit, limit, allowFiltering);
    }

    static List<Relation> optionalWhere(Cursor cursor) {
        return cursor.accept(Token.WHERE) ? RelationGrammar.where(cursor) : List.of();
    }

    private static List<Selector> groupBy(Cursor cursor) {
        List<Selector> groups = new ArrayList<>();
        do {
            groups.add(SelectorGrammar.selector(cursor));
        } while (cursor.accept(Token.COMMA));
        return groups;
    }

    private static List<Select.Ordering> orderBy(Cursor cursor) {
        List<Select.Ordering> orderings = new ArrayList<>();
        do {
            String column = NameGrammar.columnOrEmpty(cursor);
            Term near = cursor.accept(Token.ANN, Token.OF) ? TermGrammar.term(cursor) : null;
            boolean descending = !cursor.accept(Token.ASC) && cursor.accept(Token.DESC);
            orderings.add(new Select.Ordering(column, near, descending));
        } while (cursor.accept(Token.COMMA));
        return orderings;
    }

    static Modification insert(Cursor cursor) {
        cursor.expect(Token.INSERT);
        cursor.expect(Token.INTO);
        QualifiedName target = NameGrammar.table(cursor);
        if (cursor.accept(Token.JSON)) {
            return insertJson(cursor, target);
        }
        List<String> columns = NameGrammar.columns(cursor);
        cursor.expect(Token.VALUES);
        cursor.expect(Token.OPEN);
        List<Term> values = new ArrayList<>(columns.size());
        do {
            values.add(TermGrammar.term(cursor));
        } while (cursor.accept(Token.COMMA));
        cursor.expect(Token.CLOSE);
        boolean ifNotExists = ifNotExists(cursor);
        return new Insert(target, columns, values, ifNotExists, using(cursor));
    }

    private static InsertJson insertJson(Cursor cursor, QualifiedName target) {
        Term json;
        if (cursor.at(Token.STRING)) {
            json = Term.Literal.string(cursor.takeQuoted());
        } else if (TermGrammar.isMarker(cursor)) {
            json = TermGrammar.marker(cursor);
        } else {
            throw cursor.unexpected("a string or a bind marker");
        }
        boolean defaultUnset = false;
        if (cursor.accept(Token.DEFAULT) && !cursor.accept(Token.NULL)) {
            cursor.expect(Token.UNSET);
            defaultUnset = true;
        }
        boolean ifNotExists = ifNotExists(cursor);
        return new InsertJson(target, json, defaultUnset, ifNotExists, using(cursor));
    }

    static boolean ifNotExists(Cursor cursor) {
        if (!cursor.accept(Token.IF, Token.NOT)) {
            return false;
        }
        cursor.expect(Token.EXISTS);
        return true;
    }

    private static List<UsingOption> using(Cursor cursor) {
        if (!cursor.accept(Token.USING)) {
            return List.of();
        }
        List<UsingOption> options = new ArrayList<>();
        do {
            UsingOption.Kind kind;
            if (cursor.accept(Token.TIMESTAMP)) {
                kind = UsingOption.Kind.TIMESTAMP;
            } else if (cursor.accept(Token.TTL)) {
                kind = UsingOption.Kind.TTL;
            } else {
                throw cursor.unexpected("TIMESTAMP or TTL");
            }
            options.add(new UsingOption(kind, TermGrammar.integer(cursor)));
        } while (cursor.accept(Token.AND));
        return options;
    }

    static Update update(Cursor cursor) {
        cursor.expect(Token.UPDATE);
        QualifiedName target = NameGrammar.table(cursor);
        List<UsingOption> using = using(cursor);
        cursor.expect(Token.SET);
        List<Assignment> assignments = AssignmentGrammar.assignments(cursor);
        cursor.expect(Token.WHERE);
        List<Relation> where = RelationGrammar.where(cursor);
        boolean conditional = cursor.accept(Token.IF);
        boolean ifExists = conditional && ifExistsFollows(cursor);
        List<Relation> conditions = conditional && !ifExists ? RelationGrammar.conditions(cursor) : List.of();
        return new Update(target, using, assignments, where, ifExists, conditions);
    }

    /** Passes EXISTS, unless it is a column that is compared with something. */
    private static boolean ifExistsFollows(Cursor cursor) {
        if (!cursor.at(Token.EXISTS)) {
            return false;
        }
        switch (cursor.peek(1)) {
            case EQUAL, NOT_EQUAL, LESS, LESS_OR_EQUAL, GREATER, GREATER_OR_EQUAL, IN, CONTAINS, OPEN_BRACKET, DOT -> {
                return false;
            }
            default -> {
                cursor.advance();
                return true;
            }
        }
    }

    static Delete delete(Cursor cursor) {
        cursor.expect(Token.DELETE);
        List<ColumnPath> deletions = cursor.at(Token.FROM) ? List.of() : deletions(cursor);
        cursor.expect(Token.FROM);
        QualifiedName target = NameGrammar.table(cursor);
        List<UsingOption> using = List.of();
        if (cursor.accept(Token.USING, Token.TIMESTAMP)) {
            using = List.of(new UsingOption(UsingOption.Kind.TIMESTAMP, TermGrammar.integer(cursor)));
        }
        cursor.expect(Token.WHERE);
        List<Relation> where = RelationGrammar.where(cursor);
        boolean conditional = cursor.accept(Token.IF);
        boolean ifExists = conditional && ifExistsFollows(cursor);
        List<Relation> conditions = conditional && !ifExists ? RelationGrammar.conditions(cursor) : List.of();
        return new Delete(deletions, target, using, where, ifExists, conditions);
    }

    private static List<ColumnPath> deletions(Cursor cursor) {
        List<ColumnPath> deletions = new ArrayList<>();
        do {
            deletions.add(RelationGrammar.path(cursor));
        } while (cursor.accept(Token.COMMA));
        return deletions;
    }

    static Batch batch(Cursor cursor) {
        cursor.expect(Token.BEGIN);
        Batch.Type type = Batch.Type.LOGGED;
        if (cursor.accept(Token.UNLOGGED)) {
            type = Batch.Type.UNLOGGED;
        } else if (cursor.accept(Token.COUNTER)) {
            type = Batch.Type.COUNTER;
        }
        cursor.expect(Token.BATCH);
        List<UsingOption> using = using(cursor);
        List<Modification> statements = new ArrayList<>();
        while (!cursor.accept(Token.APPLY)) {
            statements.add(modification(cursor));
            cursor.accept(Token.SEMICOLON);
        }
        cursor.expect(Token.BATCH);
        return new Batch(type, using, statements);
    }

    private static Modification modification(Cursor cursor) {
        return switch (cursor.token()) {
            case INSERT -> insert(cursor);
            case UPDATE -> update(cursor);
            case DELETE -> delete(cursor);
            default -> throw cursor.unexpected("INSERT, UPDATE, DELETE or APPLY BATCH");
        };
    }

    static Use use(Cursor cursor) {
        cursor.expect(Token.USE);
        return new Use(NameGrammar.keyspace(cursor));
    }

    static Truncate truncate(Cursor cursor) {
        cursor.expect(Token.TRUNCATE);
        cursor.accept(Token.TABLE);
        return new Truncate(NameGrammar.table(cursor));
    }
}
