package dev.kawarau.cql.statement;

import java.util.List;

/** One thing that CREATE ROLE and ALTER ROLE set. */
public sealed interface RoleOption extends CqlPart {
    /** Hides what is secret, for logs. */
    private RoleOption masked() {
        return this instanceof Password password ? password.hidden() : this;
    }

    /** The same options, with stars for passwords. */
    static List<RoleOption> hidden(List<RoleOption> options) {
        return options.stream().map(RoleOption::masked).toList();
    }

    /**
     * {@code PASSWORD = 'secret'} or {@code HASHED PASSWORD = 'hash'}. Its string form does not tell it.
     *
     * @param hashed the secret is the hash of one
     */
    record Password(String secret, boolean hashed) implements RoleOption {
        Password hidden() {
            return new Password("*******", hashed);
        }

        @Override
        public void appendTo(StringBuilder cql) {
            cql.append(hashed ? "HASHED PASSWORD = " : "PASSWORD = ");
            Printer.string(cql, secret);
        }

        /** As {@code CREATE USER} has it, without the equals sign. */
        void appendToUser(StringBuilder cql) {
            cql.append(hashed ? "HASHED PASSWORD " : "PASSWORD ");
            Printer.string(cql, secret);
        }

        @Override
        public String toString() {
            return hidden().toCql();
        }
    }

    /** {@code SUPERUSER = value}. */
    record Superuser(boolean value) implements RoleOption {
        @Override
        public void appendTo(StringBuilder cql) {
            cql.append("SUPERUSER = ").append(value);
        }
    }

    /** {@code LOGIN = value}. */
    record Login(boolean value) implements RoleOption {
        @Override
        public void appendTo(StringBuilder cql) {
            cql.append("LOGIN = ").append(value);
        }
    }

    /** <code>OPTIONS = {...}</code>, for the server's authenticator. */
    record Custom(List<Property.Entry> entries) implements RoleOption {
        /** Copies the list. */
        public Custom {
            entries = List.copyOf(entries);
        }

        @Override
        public void appendTo(StringBuilder cql) {
            cql.append("OPTIONS = ");
            Printer.bracketed(cql, '{', entries, '}');
        }
    }

    /**
     * <code>ACCESS TO DATACENTERS {...}</code>.
     *
     * @param names empty for all
     */
    record Datacenters(List<String> names) implements RoleOption {
        /** Copies the list. */
        public Datacenters {
            names = List.copyOf(names);
        }

        @Override
        public void appendTo(StringBuilder cql) {
            cql.append(names.isEmpty() ? "ACCESS TO ALL DATACENTERS" : "ACCESS TO DATACENTERS ");
            Printer.strings(cql, names);
        }
    }

    /**
     * <code>ACCESS FROM CIDRS {...}</code>: groups of addresses.
     *
     * @param groups empty for all
     */
    record CidrGroups(List<String> groups) implements RoleOption {
        /** Copies the list. */
        public CidrGroups {
            groups = List.copyOf(groups);
        }

        @Override
        public void appendTo(StringBuilder cql) {
            cql.append(groups.isEmpty() ? "ACCESS FROM ALL CIDRS" : "ACCESS FROM CIDRS ");
            Printer.strings(cql, groups);
        }
    }
}
