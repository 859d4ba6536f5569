package dev.kawarau.cql.statement;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Statements on roles, users and identities, after the words that say what they are about. */
final class RoleGrammar {
    private RoleGrammar() {}

    /** The name of a role, which may be a string. */
    static String role(Cursor cursor) {
        return cursor.at(Token.STRING) ? cursor.takeQuoted() : NameGrammar.name(cursor, "a role");
    }

    static boolean isRole(Token token) {
        return token == Token.STRING || token.isName();
    }

    /** The name of a user or an identity, which has the case that it is written in. */
    private static String verbatim(Cursor cursor, String what) {
        return switch (cursor.token()) {
            case IDENTIFIER -> cursor.takeSource();
            case STRING -> cursor.takeQuoted();
            default -> throw cursor.unexpected(what);
        };
    }

    static CqlStatement createRole(Cursor cursor) {
        boolean ifNotExists = DataGrammar.ifNotExists(cursor);
        String role = role(cursor);
        return new RoleStatement.CreateRole(ifNotExists, role, options(cursor));
    }

    static CqlStatement alterRole(Cursor cursor) {
        boolean ifExists = SchemaGrammar.ifExists(cursor);
        String role = role(cursor);
        return new RoleStatement.AlterRole(ifExists, role, options(cursor));
    }

    static CqlStatement dropRole(Cursor cursor) {
        boolean ifExists = SchemaGrammar.ifExists(cursor);
        return new RoleStatement.DropRole(ifExists, role(cursor));
    }

    private static List<RoleOption> options(Cursor cursor) {
        if (!cursor.accept(Token.WITH)) {
            return List.of();
        }
        List<RoleOption> options = new ArrayList<>();
        Set<Object> kinds = new HashSet<>();
        do {
            int mark = cursor.mark();
            RoleOption option = option(cursor);
            if (contradicts(option, kinds)) {
                throw cursor.errorAt(mark, "the option contradicts one before it");
            }
            options.add(option);
        } while (cursor.accept(Token.AND));
        return options;
    }

    /** Whether the kind of an option was there; but lists of datacenters add up, unless one of them is of all. */
    private static boolean contradicts(RoleOption option, Set<Object> kinds) {
        List<String> list = null;
        if (option instanceof RoleOption.Datacenters datacenters) {
            list = datacenters.names();
        } else if (option instanceof RoleOption.CidrGroups groups) {
            list = groups.groups();
        }
        if (list == null) {
            return !kinds.add(option.getClass());
        }
        boolean all = list.isEmpty();
        kinds.add(List.of(option.getClass(), all));
        return kinds.contains(List.of(option.getClass(), !all));
    }

    private static RoleOption option(Cursor cursor) {
        switch (cursor.token()) {
            case PASSWORD, HASHED -> {
                boolean hashed = hashedPassword(cursor);
                cursor.expect(Token.EQUAL);
                return new RoleOption.Password(SchemaGrammar.string(cursor), hashed);
            }
            case SUPERUSER -> {
                cursor.advance();
                return new RoleOption.Superuser(truth(cursor));
            }
            case LOGIN -> {
                cursor.advance();
                return new RoleOption.Login(truth(cursor));
            }
            case OPTIONS -> {
                cursor.advance();
                cursor.expect(Token.EQUAL);
                return new RoleOption.Custom(PropertyGrammar.entries(cursor));
            }
            case ACCESS -> {
                cursor.advance();
                return access(cursor);
            }
            default -> throw cursor.unexpected("an option of a role");
        }
    }

    private static boolean hashedPassword(Cursor cursor) {
        boolean hashed = cursor.accept(Token.HASHED);
        cursor.expect(Token.PASSWORD);
        return hashed;
    }

    private static boolean truth(Cursor cursor) {
        cursor.expect(Token.EQUAL);
        if (!cursor.at(Token.BOOLEAN_LITERAL)) {
            throw cursor.unexpected("a boolean");
        }
        return Boolean.parseBoolean(cursor.takeSource());
    }

    private static RoleOption access(Cursor cursor) {
        boolean to = cursor.accept(Token.TO);
        if (!to) {
            cursor.expect(Token.FROM);
        }
        boolean all = cursor.accept(Token.ALL);
        cursor.expect(to ? Token.DATACENTERS : Token.CIDRS);
        List<String> names = all ? List.of() : strings(cursor);
        return to ? new RoleOption.Datacenters(names) : new RoleOption.CidrGroups(names);
    }

    private static List<String> strings(Cursor cursor) {
        cursor.expect(Token.OPEN_BRACE);
        List<String> strings = new ArrayList<>();
        do {
            strings.add(SchemaGrammar.string(cursor));
        } while (cursor.accept(Token.COMMA));
        cursor.expect(Token.CLOSE_BRACE);
        return strings;
    }

    static CqlStatement createUser(Cursor cursor) {
        boolean ifNotExists = DataGrammar.ifNotExists(cursor);
        String user = verbatim(cursor, "a user");
        RoleOption.Password password = password(cursor);
        return new UserStatement.CreateUser(ifNotExists, user, password, superuser(cursor));
    }

    static CqlStatement alterUser(Cursor cursor) {
        boolean ifExists = SchemaGrammar.ifExists(cursor);
        String user = verbatim(cursor, "a user");
        RoleOption.Password password = password(cursor);
        return new UserStatement.AlterUser(ifExists, user, password, superuser(cursor));
    }

    private static RoleOption.@Nullable Password password(Cursor cursor) {
        if (!cursor.accept(Token.WITH)) {
            return null;
        }
        boolean hashed = hashedPassword(cursor);
        return new RoleOption.Password(SchemaGrammar.string(cursor), hashed);
    }

    private static @Nullable Boolean superuser(Cursor cursor) {
        if (cursor.accept(Token.SUPERUSER)) {
            return true;
        }
        return cursor.accept(Token.NOSUPERUSER) ? false : null;
    }

    static CqlStatement dropUser(Cursor cursor) {
        boolean ifExists = SchemaGrammar.ifExists(cursor);
        return new UserStatement.DropUser(ifExists, verbatim(cursor, "a user"));
    }

    static CqlStatement addIdentity(Cursor cursor) {
        cursor.expect(Token.ADD);
        cursor.expect(Token.IDENTITY);
        boolean ifNotExists = DataGrammar.ifNotExists(cursor);
        String identity = verbatim(cursor, "an identity");
        cursor.expect(Token.TO);
        cursor.expect(Token.ROLE);
        return new IdentityStatement.AddIdentity(ifNotExists, identity, verbatim(cursor, "a role"));
    }

    static CqlStatement dropIdentity(Cursor cursor) {
        boolean ifExists = SchemaGrammar.ifExists(cursor);
        return new IdentityStatement.DropIdentity(ifExists, verbatim(cursor, "an identity"));
    }

    /** What follows LIST. */
    static CqlStatement list(Cursor cursor) {
        cursor.expect(Token.LIST);
        if (cursor.accept(Token.USERS)) {
            return new UserStatement.ListUsers();
        }
        if (!cursor.accept(Token.ROLES)) {
            return PermissionGrammar.list(cursor);
        }
        String of = cursor.accept(Token.OF) ? role(cursor) : null;
        return new RoleStatement.ListRoles(of, !cursor.accept(Token.NORECURSIVE));
    }
}
