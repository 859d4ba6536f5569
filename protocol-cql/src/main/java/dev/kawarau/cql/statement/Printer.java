package dev.kawarau.cql.statement;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Names, strings and lists, as CQL has them. */
final class Printer {
    private Printer() {}

    /** Appends a name, in quotes unless it reads the same without. */
    static void name(StringBuilder cql, String name) {
        Token token = wordOf(name);
        // Behind a selector, as begins an alias.
        boolean plain = token.isName() && token != Token.AS;
        nameOrQuoted(cql, name, plain);
    }

    /** Appends the name of a function, which may be another keyword than that of a column, and is never {@code expr}. */
    static void functionName(StringBuilder cql, QualifiedName name) {
        keyspace(cql, name);
        nameOrQuoted(
                cql,
                name.name(),
                wordOf(name.name()).isFunctionName() && !name.name().equals("expr"));
    }

    /** Appends the name of a user-defined type, which is not that of any other. */
    static void typeName(StringBuilder cql, QualifiedName name) {
        keyspace(cql, name);
        boolean plain = wordOf(name.name()) == Token.IDENTIFIER && !TypeGrammar.isReserved(name.name());
        nameOrQuoted(cql, name.name(), plain);
    }

    /** Appends a name where a keyword would say what the name is of. */
    static void nameOfAnything(StringBuilder cql, QualifiedName name) {
        if (name.keyspace() != null) {
            nameOrQuoted(cql, name.keyspace(), wordOf(name.keyspace()) == Token.IDENTIFIER);
            cql.append('.');
        }
        nameOrQuoted(cql, name.name(), wordOf(name.name()) == Token.IDENTIFIER);
    }

    /** Appends the name of a role, a user or an identity; any text is one. */
    static void role(StringBuilder cql, String name) {
        if (wordOf(name) == Token.IDENTIFIER) {
            cql.append(name);
        } else {
            string(cql, name);
        }
    }

    private static void keyspace(StringBuilder cql, QualifiedName name) {
        if (name.keyspace() != null) {
            name(cql, name.keyspace());
            cql.append('.');
        }
    }

    private static void nameOrQuoted(StringBuilder cql, String name, boolean plain) {
        if (plain) {
            cql.append(name);
        } else {
            quoted(cql, name, '"');
        }
    }

    /** What a name is when it stands alone: what is no identifier of lower case is the end of the statement. */
    static Token wordOf(String name) {
        int hash = 0;
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (!Lexer.isWordPart(c) || (c >= 'A' && c <= 'Z')) {
                return Token.END;
            }
            hash = Token.hash(hash, c);
        }
        if (name.isEmpty() || !Lexer.isLetter(name.charAt(0))) {
            return Token.END;
        }
        return Token.ofWord(name, 0, name.length(), hash);
    }

    static void names(StringBuilder cql, List<String> names) {
        for (int i = 0; i < names.size(); i++) {
            cql.append(i == 0 ? "" : ", ");
            name(cql, names.get(i));
        }
    }

    static void string(StringBuilder cql, String text) {
        quoted(cql, text, '\'');
    }

    /** Appends strings in braces, if there are some. */
    static void strings(StringBuilder cql, List<String> strings) {
        for (int i = 0; i < strings.size(); i++) {
            cql.append(i == 0 ? "{" : ", ");
            string(cql, strings.get(i));
        }
        cql.append(strings.isEmpty() ? "" : "}");
    }

    private static void quoted(StringBuilder cql, String text, char quote) {
        cql.append(quote);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == quote) {
                cql.append(quote);
            }
            cql.append(c);
        }
        cql.append(quote);
    }

    /** Appends code between double dollars where they fit, so that its quotes stay as they are. */
    static void code(StringBuilder cql, String code) {
        if (code.indexOf('\'') < 0 || code.contains("$$") || code.endsWith("$")) {
            string(cql, code);
        } else {
            cql.append("$$").append(code).append("$$");
        }
    }

    /** Appends a function, and the types of its arguments if they are given. */
    static void signature(StringBuilder cql, QualifiedName function, @Nullable List<CqlType> arguments) {
        functionName(cql, function);
        if (arguments != null) {
            cql.append(' ');
            bracketed(cql, '(', arguments, ')');
        }
    }

    static void parts(StringBuilder cql, List<? extends CqlPart> parts, String separator) {
        for (int i = 0; i < parts.size(); i++) {
            cql.append(i == 0 ? "" : separator);
            parts.get(i).appendTo(cql);
        }
    }

    /** Appends parts between brackets. */
    static void bracketed(StringBuilder cql, char open, List<? extends CqlPart> parts, char close) {
        cql.append(open);
        parts(cql, parts, ", ");
        cql.append(close);
    }

    /** Appends a keyword and parts, unless there are none. */
    static void clause(StringBuilder cql, String keyword, List<? extends CqlPart> parts, String separator) {
        if (!parts.isEmpty()) {
            cql.append(keyword);
            parts(cql, parts, separator);
        }
    }
}
