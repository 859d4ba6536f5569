package dev.kawarau.cql.statement;

import org.jspecify.annotations.Nullable;

/** A statement on users, as roles were called that may log in. Names of users keep their case. */
public sealed interface UserStatement extends RoleStatement {
    /**
     * {@code CREATE USER}.
     *
     * @param password null if it is not given
     * @param superuser null if the statement does not say, and means no
     */
    record CreateUser(
            boolean ifNotExists,
            String user,
            RoleOption.@Nullable Password password,
            @Nullable Boolean superuser) implements UserStatement {
        @Override
        public String operation() {
            return "CREATE USER";
        }

        @Override
        public void appendTo(StringBuilder cql) {
            cql.append("CREATE USER ").append(ifNotExists ? "IF NOT EXISTS " : "");
            Printer.role(cql, user);
            if (password != null) {
                cql.append(" WITH ");
                password.appendToUser(cql);
            }
            if (superuser != null) {
                cql.append(superuser ? " SUPERUSER" : " NOSUPERUSER");
            }
        }

        @Override
        public String toString() {
            return new CreateUser(ifNotExists, user, password == null ? null : password.hidden(), superuser).toCql();
        }
    }

    /**
     * {@code ALTER USER}.
     *
     * @param password null if it is not given
     * @param superuser null to leave it as it is
     */
    record AlterUser(
            boolean ifExists,
            String user,
            RoleOption.@Nullable Password password,
            @Nullable Boolean superuser) implements UserStatement {
        @Override
        public String operation() {
            return "ALTER USER";
        }

        @Override
        public void appendTo(StringBuilder cql) {
            cql.append("ALTER USER ").append(ifExists ? "IF EXISTS " : "");
            Printer.role(cql, user);
            if (password != null) {
                cql.append(" WITH ");
                password.appendToUser(cql);
            }
            if (superuser != null) {
                cql.append(superuser ? " SUPERUSER" : " NOSUPERUSER");
            }
        }

        @Override
        public String toString() {
            return new AlterUser(ifExists, user, password == null ? null : password.hidden(), superuser).toCql();
        }
    }

    /** {@code DROP USER}. */
    record DropUser(boolean ifExists, String user) implements UserStatement {
        @Override
        public String operation() {
            return "DROP USER";
        }

        @Override
        public void appendTo(StringBuilder cql) {
            cql.append("DROP USER ").append(ifExists ? "IF EXISTS " : "");
            Printer.role(cql, user);
        }

        @Override
        public String toString() {
            return toCql();
        }
    }

    /** {@code LIST USERS}. */
    record ListUsers() implements UserStatement {
        @Override
        public String operation() {
            return "LIST USERS";
        }

        @Override
        public void appendTo(StringBuilder cql) {
            cql.append("LIST USERS");
        }

        @Override
        public String toString() {
            return toCql();
        }
    }
}
