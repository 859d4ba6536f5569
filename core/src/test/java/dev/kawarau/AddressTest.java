package dev.kawarau;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressTest {
    @Test
    void hostAndPort() {
        assertThat(Address.parse("127.0.0.1:6380")).isEqualTo(new Address(Address.Scheme.TCP, "127.0.0.1", 6380));
        assertThat(Address.parse("db.example.com:0")).isEqualTo(new Address(Address.Scheme.TCP, "db.example.com", 0));
        assertThat(Address.parse("localhost:65535").port()).isEqualTo(65_535);
    }

    @Test
    void aNumericIpV6HostStandsInBrackets() {
        assertThat(Address.parse("[::1]:6380")).isEqualTo(new Address(Address.Scheme.TCP, "::1", 6380));
    }

    @Test
    void aUnixSocketHasAPath() {
        assertThat(Address.parse("unix:/run/app/redis.sock"))
                .isEqualTo(new Address(Address.Scheme.UNIX, "/run/app/redis.sock", 0));
    }

    @Test
    void anInVmAddressHasAName() {
        assertThat(Address.parse("local:orders")).isEqualTo(new Address(Address.Scheme.LOCAL, "orders", 0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1:6380", "[::1]:0", "unix:/run/x.sock", "local:orders"})
    void anAddressPrintsAsItIsWritten(String text) {
        assertThat(Address.parse(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":",
                "6380",
                ":6380",
                "host",
                "host:",
                "host:65536",
                "host:-1",
                "host:+1",
                "host:1234567",
                "host:a",
                "::1:6380",
                "[]:6380",
                "unix:",
                "local:",
                "host: 1"
            })
    void whatIsNoAddressIsRefusedWithAnExample(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Address.parse(text))
                .withMessage("\"" + text
                        + "\" is not an address: use HOST:PORT with a port from 0 to 65535, unix:/path or local:name");
    }
}
