package dev.kawarau.cql.statement;

import static dev.kawarau.cql.statement.Permission.ALTER;
import static dev.kawarau.cql.statement.Permission.AUTHORIZE;
import static dev.kawarau.cql.statement.Permission.CREATE;
import static dev.kawarau.cql.statement.Permission.DESCRIBE;
import static dev.kawarau.cql.statement.Permission.DROP;
import static dev.kawarau.cql.statement.Permission.EXECUTE;
import static dev.kawarau.cql.statement.Permission.MODIFY;
import static dev.kawarau.cql.statement.Permission.SELECT;
import static dev.kawarau.cql.statement.Permission.SELECT_MASKED;
import static dev.kawarau.cql.statement.Permission.UNMASK;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;

/** GRANT, REVOKE and LIST, of permissions and roles. */
final class PermissionGrammar {
    private static final Set<Permission> OF_TABLE =
            Set.of(ALTER, DROP, SELECT, MODIFY, AUTHORIZE, UNMASK, SELECT_MASKED);
    private static final Set<Permission> OF_TABLES =
            Set.of(CREATE, ALTER, DROP, SELECT, MODIFY, AUTHORIZE, UNMASK, SELECT_MASKED);
    private static final Set<Permission> OF_ROLE = Set.of(ALTER, DROP, AUTHORIZE, DESCRIBE);
    private static final Set<Permission> OF_ROLES = Set.of(CREATE, ALTER, DROP, AUTHORIZE, DESCRIBE);
    private static final Set<Permission> OF_FUNCTION = Set.of(ALTER, DROP, AUTHORIZE, EXECUTE);
    private static final Set<Permission> OF_FUNCTIONS = Set.of(CREATE, ALTER, DROP, AUTHORIZE, EXECUTE);
    private static final Set<Permission> OF_BEAN = Set.of(AUTHORIZE, DESCRIBE, EXECUTE, MODIFY, SELECT);

    private PermissionGrammar() {}

    static CqlStatement grant(Cursor cursor) {
        cursor.expect(Token.GRANT);
        if (isOfRole(cursor, Token.TO)) {
            String role = RoleGrammar.role(cursor);
            cursor.expect(Token.TO);
            return new RoleStatement.GrantRole(role, RoleGrammar.role(cursor));
        }
        int mark = cursor.mark();
        List<Permission> permissions = permissions(cursor);
        cursor.expect(Token.ON);
        Resource resource = resource(cursor);
        checkApplicable(cursor, mark, permissions, resource);
        cursor.expect(Token.TO);
        return new PermissionStatement.GrantPermissions(permissions, resource, RoleGrammar.role(cursor));
    }

    static CqlStatement revoke(Cursor cursor) {
        cursor.expect(Token.REVOKE);
        if (isOfRole(cursor, Token.FROM)) {
            String role = RoleGrammar.role(cursor);
            cursor.expect(Token.FROM);
            return new RoleStatement.RevokeRole(role, RoleGrammar.role(cursor));
        }
        int mark = cursor.mark();
        List<Permission> permissions = permissions(cursor);
        cursor.expect(Token.ON);
        Resource resource = resource(cursor);
        checkApplicable(cursor, mark, permissions, resource);
        cursor.expect(Token.FROM);
        return new PermissionStatement.RevokePermissions(permissions, resource, RoleGrammar.role(cursor));
    }

    /** A role may have the name of a permission. */
    private static boolean isOfRole(Cursor cursor, Token then) {
        return RoleGrammar.isRole(cursor.token())
                && (cursor.peek(1) == then || !(cursor.at(Token.ALL) || isPermission(cursor.token())));
    }

    /** What follows LIST, if it is not ROLES or USERS. */
    static CqlStatement list(Cursor cursor) {
        List<Permission> permissions = permissions(cursor);
        Resource resource = cursor.accept(Token.ON) ? resource(cursor) : null;
        String role = cursor.accept(Token.OF) ? RoleGrammar.role(cursor) : null;
        boolean recursive = !cursor.accept(Token.NORECURSIVE);
        return new PermissionStatement.ListPermissions(permissions, resource, role, recursive);
    }

    private static List<Permission> permissions(Cursor cursor) {
        if (cursor.accept(Token.ALL)) {
            cursor.accept(Token.PERMISSIONS);
            return List.of();
        }
        List<Permission> permissions = new ArrayList<>();
        do {
            if (!isPermission(cursor.token())) {
                throw cursor.unexpected("a permission");
            }
            permissions.add(Permission.valueOf(cursor.token().name()));
            cursor.advance();
            cursor.accept(Token.PERMISSION);
        } while (cursor.accept(Token.COMMA));
        return permissions;
    }

    private static boolean isPermission(Token token) {
        return switch (token) {
            case CREATE, ALTER, DROP, SELECT, MODIFY, AUTHORIZE, DESCRIBE, EXECUTE, UNMASK, SELECT_MASKED -> true;
            default -> false;
        };
    }

    private static Resource resource(Cursor cursor) {
        Token next = cursor.at(Token.END) ? Token.END : cursor.peek(1);
        switch (cursor.token()) {
            case ALL -> {
                return next == Token.DOT || !next.isUnreserved() ? table(cursor) : all(cursor);
            }
            case KEYSPACE -> {
                cursor.advance();
                return new Resource.Keyspace(NameGrammar.keyspace(cursor));
            }
            case TABLE -> {
                cursor.advance();
                return table(cursor);
            }
            case ROLE -> {
                if (!RoleGrammar.isRole(next)) {
                    return table(cursor);
                }
                cursor.advance();
                return new Resource.Role(RoleGrammar.role(cursor));
            }
            case FUNCTION -> {
                return next.isName() || next.isFunctionName() ? function(cursor) : table(cursor);
            }
            case MBEAN, MBEANS -> {
                return next == Token.STRING ? bean(cursor) : table(cursor);
            }
            default -> {
                return table(cursor);
            }
        }
    }

    private static Resource table(Cursor cursor) {
        return new Resource.Table(NameGrammar.table(cursor));
    }

    private static Resource all(Cursor cursor) {
        cursor.advance();
        Token what = cursor.token();
        int mark = cursor.mark();
        cursor.advance();
        switch (what) {
            case KEYSPACES -> {
                return Resource.All.KEYSPACES;
            }
            case ROLES -> {
                return Resource.All.ROLES;
            }
            case MBEANS -> {
                return Resource.All.MBEANS;
            }
            case TABLES -> {
                cursor.expect(Token.IN);
                cursor.expect(Token.KEYSPACE);
                return new Resource.AllTables(NameGrammar.keyspace(cursor));
            }
            case FUNCTIONS -> {
                if (!cursor.accept(Token.IN, Token.KEYSPACE)) {
                    return Resource.All.FUNCTIONS;
                }
                return new Resource.AllFunctions(NameGrammar.keyspace(cursor));
            }
            default -> {
                cursor.reset(mark);
                throw cursor.unexpected("KEYSPACES, TABLES, FUNCTIONS, ROLES or MBEANS");
            }
        }
    }

    private static Resource function(Cursor cursor) {
        cursor.advance();
        int mark = cursor.mark();
        QualifiedName function = NameGrammar.function(cursor);
        if (function.keyspace() == null) {
            throw cursor.errorAt(mark, "the function has no keyspace");
        }
        return new Resource.Function(function, TypeGrammar.arguments(cursor));
    }

    private static Resource bean(Cursor cursor) {
        boolean plural = cursor.at(Token.MBEANS);
        cursor.advance();
        int mark = cursor.mark();
        String name = SchemaGrammar.string(cursor);
        boolean pattern;
        try {
            pattern = ObjectName.getInstance(name).isPattern();
        } catch (MalformedObjectNameException e) {
            throw cursor.errorAt(mark, "malformed name of a managed bean");
        }
        if (name.isEmpty() || name.equals("*:*") || (plural && !pattern)) {
            throw cursor.errorAt(mark, "the name does not fit: MBEAN has one or a pattern, MBEANS a pattern");
        }
        return new Resource.ManagedBean(name, plural);
    }

    private static void checkApplicable(Cursor cursor, int mark, List<Permission> permissions, Resource resource) {
        Set<Permission> applicable = applicable(resource);
        for (Permission permission : permissions) {
            if (applicable.contains(permission)) {
                return;
            }
        }
        if (!permissions.isEmpty()) {
            throw cursor.errorAt(mark, "there is no such permission for that resource");
        }
    }

    private static Set<Permission> applicable(Resource resource) {
        if (resource instanceof Resource.Table) {
            return OF_TABLE;
        }
        if (resource instanceof Resource.Role) {
            return OF_ROLE;
        }
        if (resource instanceof Resource.Function) {
            return OF_FUNCTION;
        }
        if (resource == Resource.All.ROLES) {
            return OF_ROLES;
        }
        if (resource == Resource.All.FUNCTIONS || resource instanceof Resource.AllFunctions) {
            return OF_FUNCTIONS;
        }
        return resource == Resource.All.MBEANS || resource instanceof Resource.ManagedBean ? OF_BEAN : OF_TABLES;
    }
}
