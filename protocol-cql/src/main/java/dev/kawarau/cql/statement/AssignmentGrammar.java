package dev.kawarau.cql.statement;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What follows the SET of an UPDATE. */
final class AssignmentGrammar {
    private AssignmentGrammar() {}

    static List<Assignment> assignments(Cursor cursor) {
        List<Assignment> assignments = new ArrayList<>();
        int mark = cursor.mark();
        do {
            assignments.add(assignment(cursor));
        } while (cursor.accept(Token.COMMA));
        if (assignments.size() > 1) {
            checkCompatible(cursor, mark, assignments);
        }
        return assignments;
    }

    private static Assignment assignment(Cursor cursor) {
        ColumnPath target = RelationGrammar.path(cursor);
        if (!(target instanceof ColumnPath.Column)) {
            cursor.expect(Token.EQUAL);
            return new Assignment.Set(target, TermGrammar.term(cursor));
        }
        String column = target.column();
        switch (cursor.token()) {
            case PLUS_EQUAL -> {
                cursor.advance();
                return new Assignment.Add(column, TermGrammar.term(cursor));
            }
            case MINUS_EQUAL -> {
                cursor.advance();
                return new Assignment.Subtract(column, TermGrammar.term(cursor));
            }
            default -> {
                cursor.expect(Token.EQUAL);
                return ofColumn(cursor, target);
            }
        }
    }

    private static Assignment ofColumn(Cursor cursor, ColumnPath target) {
        String column = target.column();
        if (isColumn(cursor)) {
            sameColumn(cursor, column);
            switch (cursor.token()) {
                case PLUS -> {
                    cursor.advance();
                    return new Assignment.Add(column, TermGrammar.term(cursor));
                }
                case MINUS -> {
                    cursor.advance();
                    return new Assignment.Subtract(column, TermGrammar.term(cursor));
                }
                case INTEGER -> {
                    // The minus of c = c -1 belongs to the number; and so Cassandra takes c = c 1 for a sum.
                    return new Assignment.Add(column, TermGrammar.integer(cursor));
                }
                default -> throw cursor.unexpected("'+' or '-'");
            }
        }
        Term value = TermGrammar.term(cursor);
        if (cursor.accept(Token.PLUS)) {
            sameColumn(cursor, column);
            return new Assignment.Prepend(column, value);
        }
        return new Assignment.Set(target, value);
    }

    private static boolean isColumn(Cursor cursor) {
        return NameGrammar.isColumnOrEmpty(cursor.token())
                && cursor.peek(1) != Token.OPEN
                && cursor.peek(1) != Token.DOT;
    }

    private static void sameColumn(Cursor cursor, String column) {
        int mark = cursor.mark();
        if (!NameGrammar.columnOrEmpty(cursor).equals(column)) {
            throw cursor.errorAt(mark, "a column can be added to or subtracted from itself only");
        }
    }

    /** One column can be changed more than once, but not set as a whole and changed again; nor a field set twice. */
    private static void checkCompatible(Cursor cursor, int mark, List<Assignment> assignments) {
        Map<String, Boolean> setAsWhole = new HashMap<>();
        // Strings and not records, since a hash table with many records of one hash is slow.
        Set<String> fields = new HashSet<>();
        for (Assignment assignment : assignments) {
            boolean whole = assignment instanceof Assignment.Set set && set.target() instanceof ColumnPath.Column;
            Boolean before = setAsWhole.put(assignment.column(), whole);
            boolean fieldAgain = assignment instanceof Assignment.Set set
                    && set.target() instanceof ColumnPath.Field field
                    && !fields.add(field.column().length() + ":" + field.column() + field.field());
            if ((before != null && (before || whole)) || fieldAgain) {
                throw cursor.errorAt(mark, "the column " + assignment.column() + " is set more than once");
            }
        }
    }
}
