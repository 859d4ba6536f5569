package dev.kawarau.testkit.cassandra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CassandraServerTest {

    @Test
    void aNodeKeepsItsDataAndItsPortOverARestartAndNothingOnceClosed() throws IOException {
        CassandraServer server = CassandraServer.start();
        Path directory = server.directory();
        int port = server.port();
        try (server) {
            try (CqlConnection cql = CqlConnection.open(server.address())) {
                cql.query("CREATE KEYSPACE k WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}");
                cql.query("CREATE TABLE k.t (id int PRIMARY KEY, v text)");
                cql.query("INSERT INTO k.t (id, v) VALUES (1, 'written before the restart')");
            }

            server.kill();
            assertThat(server.isRunning()).isFalse();
            assertThat(CqlProbe.answers(server.address())).isFalse();

            server.restart();
            assertThat(server.isRunning()).isTrue();
            assertThat(server.port()).isEqualTo(port);
            try (CqlConnection cql = CqlConnection.open(server.address())) {
                assertThat(cql.query("SELECT v FROM k.t WHERE id = 1")).contains("written before the restart");
            }
        }

        assertThat(directory).doesNotExist();
        assertThatThrownBy(server::restart).hasMessageContaining("closed");
    }

    @Test
    void theSharedNodeIsOneAndOutlivesItsUsers() {
        CassandraServer shared = CassandraServer.shared();
        try (CassandraServer user = shared) {
            assertThat(user.version()).startsWith("5.0.");
        }

        assertThat(CassandraServer.shared()).isSameAs(shared);
        assertThat(CqlProbe.answers(shared.address())).isTrue();
        assertThatThrownBy(shared::kill).hasMessageContaining("other tests");
    }

    @Test
    void aPausedNodeAnswersNothingUntilItIsResumed() {
        try (CassandraServer server = CassandraServer.start()) {
            server.pause();
            assertThat(CqlProbe.answers(server.address())).isFalse();

            server.resume();
            await().atMost(Duration.ofSeconds(20)).until(() -> CqlProbe.answers(server.address()));
        }
    }

    @Test
    void aNodeWithUsersOverTlsIsReadyWhenOneCanLogIn(@TempDir Path folder) throws IOException {
        Path keys = keyStore(folder);
        try (CassandraServer server = CassandraServer.builder()
                        .authentication()
                        .tls(keys, "changeit")
                        .start();
                CqlConnection stranger = CqlConnection.openTls(server.address(), keys, "changeit", false);
                CqlConnection cql = CqlConnection.openTls(server.address(), keys, "changeit", false)) {
            assertThat(stranger.logIn("cassandra", "wrong")).isFalse();
            assertThat(cql.logIn("cassandra", "cassandra")).isTrue();
        }
    }

    @Test
    void aNodeThatWantsCertificatesTakesNobodyWithoutOne(@TempDir Path folder) throws IOException {
        Path keys = keyStore(folder);
        try (CassandraServer server = CassandraServer.builder()
                .mutualTls(keys, "changeit", keys, "changeit")
                .start()) {
            try (CqlConnection cql = CqlConnection.openTls(server.address(), keys, "changeit", true)) {
                assertThat(cql.query("SELECT cluster_name FROM system.local")).contains("kawarau-test");
            }
            assertThatThrownBy(() -> CqlConnection.openTls(server.address(), keys, "changeit", false))
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void whatTheNodeSaysIsInTheErrorIfItDoesNotStart() {
        assertThatThrownBy(() ->
                        CassandraServer.builder().set("no_such_setting", "1").start())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no_such_setting");
    }

    @Test
    void aNodeEndsAndLeavesNothingBehindIfItsParentIsKilled() throws IOException {
        Process parent = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "-Dmaven.repo.local=" + System.getProperty("maven.repo.local", ""),
                        NodeOwner.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader says = parent.inputReader()) {
            String[] node = says.readLine().split(" ", 2);
            ProcessHandle process = ProcessHandle.of(Long.parseLong(node[0])).orElseThrow();
            assertThat(Path.of(node[1])).isDirectory();

            parent.destroyForcibly();

            assertThat(process.onExit()).succeedsWithin(Duration.ofSeconds(20));
            assertThat(Path.of(node[1])).doesNotExist();
        } finally {
            parent.destroyForcibly();
        }
    }

    @Test
    void aMissingJarIsNamedAndSoIsTheCommandThatFetchesIt(@TempDir Path repository) {
        assertThatThrownBy(() -> CassandraJars.find(repository))
                .hasMessageContaining("cassandra-all-" + CassandraJars.version() + ".jar is missing")
                .hasMessageContaining("mvn dependency:get");
    }

    @Test
    void noneOfItsJarsIsOnAClassPathOfOurs() {
        assertThat(CassandraJars.find()).allMatch(Files::isRegularFile).hasSizeGreaterThan(80);
        assertThatThrownBy(() -> Class.forName("io.netty.buffer.ByteBuf")).isInstanceOf(ClassNotFoundException.class);
        assertThatThrownBy(() -> Class.forName("org.apache.cassandra.service.CassandraDaemon"))
                .isInstanceOf(ClassNotFoundException.class);
    }

    private static Path keyStore(Path folder) {
        Path file = folder.resolve("node.p12");
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "node",
                "-keyalg",
                "EC",
                "-dname",
                "CN=127.0.0.1",
                "-ext",
                "san=ip:127.0.0.1",
                "-storetype",
                "PKCS12",
                "-keystore",
                file.toString(),
                "-storepass",
                "changeit");
        try {
            int exit = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
            assertThat(exit).isZero();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
        return file;
    }
}
