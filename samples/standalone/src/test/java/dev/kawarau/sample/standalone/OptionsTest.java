package dev.kawarau.sample.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kawarau.Address;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptionsTest {

    private static Options parse(String line) {
        return Options.parse(line.isEmpty() ? new String[0] : line.split(" "));
    }

    @Test
    void withoutOptionsItProxiesTheUsualPortOnEveryProcessor() {
        assertThat(parse(""))
                .isEqualTo(new Options(
                        Address.parse("127.0.0.1:6380"),
                        "redis://127.0.0.1:6379",
                        null,
                        Runtime.getRuntime().availableProcessors(),
                        false,
                        null,
                        false));
    }

    @Test
    void everyOptionIsTakenInAnyOrder() {
        assertThat(
                        parse(
                                "--transparent --metrics [::1]:9090 --threads 3 --redis 10.0.0.7:7000 --listen unix:/run/k.sock"))
                .isEqualTo(new Options(
                        Address.parse("unix:/run/k.sock"),
                        "redis://10.0.0.7:7000",
                        null,
                        3,
                        true,
                        Address.parse("[::1]:9090"),
                        false));
    }

    @Test
    void aRedisUriGoesToTheSinkAsItIs() {
        assertThat(parse("--redis rediss://ann:s3cret@cache:6390/2").redis())
                .isEqualTo("rediss://ann:s3cret@cache:6390/2");
    }

    @Test
    void withCassandraItListensBesideTheUsualPortOfCassandra() {
        assertThat(parse("--cassandra node1:9042").cassandra()).isEqualTo("node1:9042");
        assertThat(parse("--cassandra node1:9042").listen()).isEqualTo(Address.parse("127.0.0.1:9043"));
        assertThat(parse("--cassandra node1:9042 --listen 10.0.0.7:9142").listen())
                .isEqualTo(Address.parse("10.0.0.7:9142"));
    }

    @Test
    void helpNamesEveryOption() {
        assertThat(parse("--help").help()).isTrue();
        assertThat(Options.HELP)
                .contains("--listen", "--redis", "--cassandra", "--threads", "--transparent", "--metrics", "--help");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    --lisen 127.0.0.1:1           | unknown option --lisen
                    stray                         | unknown option stray
                    --threads=2                   | unknown option --threads=2
                    --listen                      | --listen needs a value
                    --listen --transparent        | --listen needs a value
                    --listen 1:1 --listen 2:2     | --listen is given twice
                    --listen 6380                 | --listen: "6380" is not an address
                    --listen 127.0.0.1:65536      | --listen: "127.0.0.1:65536" is not an address
                    --listen 127.0.0.1:-1         | --listen: "127.0.0.1:-1" is not an address
                    --listen :6380                | --listen: ":6380" is not an address
                    --redis localhost             | --redis: "localhost" is not an address
                    --redis localhost:99999       | --redis: "localhost:99999" is not an address
                    --redis localhost:0           | --redis: "localhost:0" needs a port from 1 to 65535
                    --redis local:inside          | --redis: "local:inside" is not HOST:PORT
                    --redis redis://s3cret@[      | --redis: that is not a URI
                    --cassandra localhost         | --cassandra: "localhost" is not an address
                    --cassandra localhost:0       | --cassandra: "localhost:0" needs a port from 1 to 65535
                    --cassandra unix:/tmp/c.sock  | --cassandra: "unix:/tmp/c.sock" is not HOST:PORT
                    --cassandra a:1 --redis b:1   | --redis does not go with --cassandra
                    --transparent --cassandra a:1 | --transparent does not go with --cassandra
                    --threads                     | --threads needs a value
                    --threads four                | --threads: "four" is not a number from 1 to 1024
                    --threads 0                   | --threads: "0" is not a number from 1 to 1024
                    --threads 1025                | --threads: "1025" is not a number from 1 to 1024
                    --threads 99999999999         | --threads: "99999999999" is not a number from 1 to 1024
                    --metrics 9090                | --metrics: "9090" is not an address
                    --metrics unix:/tmp/m.sock    | --metrics: "unix:/tmp/m.sock" is not HOST:PORT
                    """)
    void aWrongOptionIsNamedInOneLine(String line, String message) {
        assertThatThrownBy(() -> parse(line))
                .isInstanceOf(IllegalArgumentException.class)
                .satisfies(refusal -> assertThat(refusal.getMessage())
                        .startsWith(message)
                        .doesNotContain("\n")
                        .doesNotContain("s3cret"));
    }
}
