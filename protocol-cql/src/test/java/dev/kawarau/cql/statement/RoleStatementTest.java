package dev.kawarau.cql.statement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kawarau.Query;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RoleStatementTest {

    @Test
    void optionsOfARoleAreWhatTheStatementSays() {
        assertThat(CqlParser.parse(
                        "CREATE ROLE \"Bob\" WITH PASSWORD = 'x' AND LOGIN = TRUE AND ACCESS TO ALL DATACENTERS "
                                + "AND ACCESS FROM CIDRS {'a', 'b'}"))
                .isEqualTo(new RoleStatement.CreateRole(
                        false,
                        "Bob",
                        List.of(
                                new RoleOption.Password("x", false),
                                new RoleOption.Login(true),
                                new RoleOption.Datacenters(List.of()),
                                new RoleOption.CidrGroups(List.of("a", "b")))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CREATE ROLE r WITH PASSWORD = 'secret'",
                "ALTER ROLE r WITH HASHED PASSWORD = 'secret'",
                "CREATE USER u WITH PASSWORD 'secret'",
                "ALTER USER u WITH HASHED PASSWORD 'secret'"
            })
    void aPasswordIsPartOfTheCqlButNotOfTheStringForm(String cql) {
        CqlStatement statement = CqlParser.parse(cql);
        assertThat(statement.toCql()).isEqualTo(cql);
        assertThat(statement).hasToString(cql.replace("secret", "*******"));
    }

    @Test
    void theNameOfARoleIsFoldedAndThatOfAUserIsNot() {
        assertThat(CqlParser.parse("DROP ROLE Bob")).isEqualTo(new RoleStatement.DropRole(false, "bob"));
        assertThat(CqlParser.parse("DROP USER Bob")).isEqualTo(new UserStatement.DropUser(false, "Bob"));
    }

    @Test
    void aPermissionMayBeTheNameOfARole() {
        assertThat(CqlParser.parse("GRANT unmask TO r")).isEqualTo(new RoleStatement.GrantRole("unmask", "r"));
        assertThat(CqlParser.parse("GRANT UNMASK ON t TO r"))
                .isEqualTo(new PermissionStatement.GrantPermissions(
                        List.of(Permission.UNMASK), new Resource.Table(QualifiedName.of("t")), "r"));
    }

    @Test
    void aResourceMayBeTheNameOfATable() {
        assertThat(resource("ROLE x")).isEqualTo(new Resource.Role("x"));
        assertThat(resource("role")).isEqualTo(new Resource.Table(QualifiedName.of("role")));
        assertThat(resource("ALL ROLES")).isEqualTo(Resource.All.ROLES);
        assertThat(resource("all")).isEqualTo(new Resource.Table(QualifiedName.of("all")));
        assertThat(resource("function.x")).isEqualTo(new Resource.Table(new QualifiedName("function", "x")));
    }

    @Test
    void rolesAndPermissionsAreBusinessOfAdministration() {
        assertThat(CqlParser.parse("LIST ROLES").kind()).isEqualTo(Query.Kind.ADMIN);
        assertThat(CqlParser.parse("LIST ALL PERMISSIONS").operation()).isEqualTo("LIST PERMISSIONS");
        assertThat(CqlParser.parse("DESCRIBE CLUSTER").kind()).isEqualTo(Query.Kind.ADMIN);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CREATE ROLE r WITH PASSWORD = 'a' AND PASSWORD = 'b'",
                "CREATE ROLE r WITH PASSWORD = 'a' AND HASHED PASSWORD = 'b'",
                "CREATE ROLE r WITH ACCESS TO ALL DATACENTERS AND ACCESS TO DATACENTERS {'a'}",
                "CREATE ROLE r WITH ACCESS FROM CIDRS {'a'} AND ACCESS FROM ALL CIDRS",
                "CREATE ROLE r WITH GENERATED PASSWORD",
                "CREATE ROLE r WITH ACCESS TO DATACENTERS {}",
                "CREATE ROLE ?",
                "CREATE USER \"Bob\"",
                "ADD IDENTITY \"x\" TO ROLE r",
                "LIST SUPERUSERS",
                "GRANT EXECUTE ON t TO r",
                "GRANT SELECT ON ALL ROLES TO r",
                "GRANT EXECUTE ON FUNCTION f(int) TO r",
                "GRANT SELECT ON MBEAN 'x' TO r",
                "GRANT SELECT ON MBEANS 'a:b=c' TO r",
                "GRANT SELECT ON MBEAN '*:*' TO r",
                "DESCRIBE ONLY SCHEMA",
                "DESCRIBE cluster.x",
                "DESCRIBE"
            })
    void whatTheServerRefusesIsRefused(String cql) {
        assertThatExceptionOfType(CqlSyntaxException.class).isThrownBy(() -> CqlParser.parse(cql));
    }

    private static Resource resource(String cql) {
        return ((PermissionStatement) CqlParser.parse("GRANT ALTER ON " + cql + " TO r")).resource();
    }
}
