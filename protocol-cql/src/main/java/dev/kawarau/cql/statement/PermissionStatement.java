package dev.kawarau.cql.statement;

import dev.kawarau.Query;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A statement that gives, takes or lists permissions. */
public sealed interface PermissionStatement extends CqlStatement {
    /** What the permissions are for; null in a list of those for everything. */
    @Nullable
    Resource resource();

    @Override
    default Query.Kind kind() {
        return Query.Kind.ADMIN;
    }

    @Override
    default @Nullable String keyspace() {
        Resource resource = resource();
        return resource == null ? null : resource.keyspace();
    }

    @Override
    default @Nullable String table() {
        return resource() instanceof Resource.Table table ? table.table().name() : null;
    }

    @Override
    PermissionStatement withKeyspace(String keyspace);

    private static void appendAll(StringBuilder cql, List<Permission> permissions) {
        cql.append(permissions.isEmpty() ? "ALL PERMISSIONS" : "");
        for (int i = 0; i < permissions.size(); i++) {
            cql.append(i == 0 ? "" : ", ").append(permissions.get(i));
        }
    }

    /**
     * {@code GRANT permissions ON resource TO role}.
     *
     * @param permissions empty for all that there are for the resource
     */
    record GrantPermissions(List<Permission> permissions, Resource resource, String role)
            implements PermissionStatement {
        /** Copies the list. */
        public GrantPermissions {
            permissions = List.copyOf(permissions);
        }

        @Override
        public String operation() {
            return "GRANT";
        }

        @Override
        public GrantPermissions withKeyspace(String keyspace) {
            return new GrantPermissions(permissions, resource.withKeyspace(keyspace), role);
        }

        @Override
        public void appendTo(StringBuilder cql) {
            cql.append("GRANT ");
            appendAll(cql, permissions);
            cql.append(" ON ");
            resource.appendTo(cql);
            cql.append(" TO ");
            Printer.role(cql, role);
        }

        @Override
        public String toString() {
            return toCql();
        }
    }

    /**
     * {@code REVOKE permissions ON resource FROM role}.
     *
     * @param permissions empty for all that there are for the resource
     */
    record RevokePermissions(List<Permission> permissions, Resource resource, String role)
            implements PermissionStatement {
        /** Copies the list. */
        public RevokePermissions {
            permissions = List.copyOf(permissions);
        }

        @Override
        public String operation() {
            return "REVOKE";
        }

        @Override
        public RevokePermissions withKeyspace(String keyspace) {
            return new RevokePermissions(permissions, resource.withKeyspace(keyspace), role);
        }

        @Override
        public void appendTo(StringBuilder cql) {
            cql.append("REVOKE ");
            appendAll(cql, permissions);
            cql.append(" ON ");
            resource.appendTo(cql);
            cql.append(" FROM ");
            Printer.role(cql, role);
        }

        @Override
        public String toString() {
            return toCql();
        }
    }

    /**
     * {@code LIST permissions ON resource OF role}.
     *
     * @param permissions empty for all
     * @param resource null for all
     * @param role null for all
     * @param recursive with what the role has from others, and for what the resource is part of
     */
    record ListPermissions(
            List<Permission> permissions,
            @Nullable Resource resource,
            @Nullable String role,
            boolean recursive) implements PermissionStatement {
        /** Copies the list. */
        public ListPermissions {
            permissions = List.copyOf(permissions);
        }

        @Override
        public String operation() {
            return "LIST PERMISSIONS";
        }

        @Override
        public ListPermissions withKeyspace(String keyspace) {
            Resource moved = resource == null ? null : resource.withKeyspace(keyspace);
            return new ListPermissions(permissions, moved, role, recursive);
        }

        @Override
        public void appendTo(StringBuilder cql) {
            cql.append("LIST ");
            appendAll(cql, permissions);
            if (resource != null) {
                cql.append(" ON ");
                resource.appendTo(cql);
            }
            if (role != null) {
                cql.append(" OF ");
                Printer.role(cql, role);
            }
            cql.append(recursive ? "" : " NORECURSIVE");
        }

        @Override
        public String toString() {
            return toCql();
        }
    }
}
