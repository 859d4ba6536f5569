package dev.kawarau.cql.statement;

import dev.kawarau.Query;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A statement on roles, or on what stands for them. Names of roles are in lower case unless they were quoted. What holds
 * a password prints it as CQL, and its string form does not tell it.
 */
public sealed interface RoleStatement extends CqlStatement
        permits RoleStatement.CreateRole,
                RoleStatement.AlterRole,
                RoleStatement.DropRole,
                RoleStatement.ListRoles,
                RoleStatement.GrantRole,
                RoleStatement.RevokeRole,
                UserStatement,
                IdentityStatement {
    @Override
    default Query.Kind kind() {
        return Query.Kind.ADMIN;
    }

    @Override
    default @Nullable String keyspace() {
        return null;
    }

    @Override
    default @Nullable String table() {
        return null;
    }

    @Override
    default RoleStatement withKeyspace(String keyspace) {
        return this;
    }

    /**
     * {@code CREATE ROLE}.
     *
     * @param options may be empty
     */
    record CreateRole(boolean ifNotExists, String role, List<RoleOption> options) implements RoleStatement {
        /** Copies the list. */
        public CreateRole {
            options = List.copyOf(options);
        }

        @Override
        public String operation() {
            return "CREATE ROLE";
        }

        @Override
        public void appendTo(StringBuilder cql) {
            cql.append("CREATE ROLE ").append(ifNotExists ? "IF NOT EXISTS " : "");
            Printer.role(cql, role);
            Printer.clause(cql, " WITH ", options, " AND ");
        }

        @Override
        public String toString() {
            return new CreateRole(ifNotExists, role, RoleOption.hidden(options)).toCql();
        }
    }

    /**
     * {@code ALTER ROLE}.
     *
     * @param options may be empty
     */
    record AlterRole(boolean ifExists, String role, List<RoleOption> options) implements RoleStatement {
        /** Copies the list. */
        public AlterRole {
            options = List.copyOf(options);
        }

        @Override
        public String operation() {
            return "ALTER ROLE";
        }

        @Override
        public void appendTo(StringBuilder cql) {
            cql.append("ALTER ROLE ").append(ifExists ? "IF EXISTS " : "");
            Printer.role(cql, role);
            Printer.clause(cql, " WITH ", options, " AND ");
        }

        @Override
        public String toString() {
            return new AlterRole(ifExists, role, RoleOption.hidden(options)).toCql();
        }
    }

    /** {@code DROP ROLE}. */
    record DropRole(boolean ifExists, String role) implements RoleStatement {
        @Override
        public String operation() {
            return "DROP ROLE";
        }

        @Override
        public void appendTo(StringBuilder cql) {
            cql.append("DROP ROLE ").append(ifExists ? "IF EXISTS " : "");
            Printer.role(cql, role);
        }

        @Override
        public String toString() {
            return toCql();
        }
    }

    /**
     * {@code LIST ROLES}.
     *
     * @param of the role whose roles to list; null for all roles
     * @param recursive with the roles of its roles
     */
    record ListRoles(@Nullable String of, boolean recursive) implements RoleStatement {
        @Override
        public String operation() {
            return "LIST ROLES";
        }

        @Override
        public void appendTo(StringBuilder cql) {
            cql.append("LIST ROLES");
            if (of != null) {
                cql.append(" OF ");
                Printer.role(cql, of);
            }
            cql.append(recursive ? "" : " NORECURSIVE");
        }

        @Override
        public String toString() {
            return toCql();
        }
    }

    /** {@code GRANT role TO grantee}. */
    record GrantRole(String role, String grantee) implements RoleStatement {
        @Override
        public String operation() {
            return "GRANT ROLE";
        }

        @Override
        public void appendTo(StringBuilder cql) {
            cql.append("GRANT ");
            Printer.role(cql, role);
            cql.append(" TO ");
            Printer.role(cql, grantee);
        }

        @Override
        public String toString() {
            return toCql();
        }
    }

    /** {@code REVOKE role FROM grantee}. */
    record RevokeRole(String role, String grantee) implements RoleStatement {
        @Override
        public String operation() {
            return "REVOKE ROLE";
        }

        @Override
        public void appendTo(StringBuilder cql) {
            cql.append("REVOKE ");
            Printer.role(cql, role);
            cql.append(" FROM ");
            Printer.role(cql, grantee);
        }

        @Override
        public String toString() {
            return toCql();
        }
    }
}
