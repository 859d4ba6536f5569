package dev.kawarau.cql.statement;

/** A statement on identities, by which certificates stand for roles. They, and their roles, keep their case. */
public sealed interface IdentityStatement extends RoleStatement {
    /** {@code ADD IDENTITY identity TO ROLE role}. */
    record AddIdentity(boolean ifNotExists, String identity, String role) implements IdentityStatement {
        @Override
        public String operation() {
            return "ADD IDENTITY";
        }

        @Override
        public void appendTo(StringBuilder cql) {
            cql.append("ADD IDENTITY ").append(ifNotExists ? "IF NOT EXISTS " : "");
            Printer.role(cql, identity);
            cql.append(" TO ROLE ");
            Printer.role(cql, role);
        }

        @Override
        public String toString() {
            return toCql();
        }
    }

    /** {@code DROP IDENTITY}. */
    record DropIdentity(boolean ifExists, String identity) implements IdentityStatement {
        @Override
        public String operation() {
            return "DROP IDENTITY";
        }

        @Override
        public void appendTo(StringBuilder cql) {
            cql.append("DROP IDENTITY ").append(ifExists ? "IF EXISTS " : "");
            Printer.role(cql, identity);
        }

        @Override
        public String toString() {
            return toCql();
        }
    }
}
