package dev.kawarau.resp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class RespValueTest {
    @Test
    void anErrorIsACodeAndAMessage() {
        RespValue.SimpleError moved = new RespValue.SimpleError(Bytes.of("MOVED 3999 127.0.0.1:6381"));
        assertThat(moved.code()).isEqualTo("MOVED");
        assertThat(moved.message()).isEqualTo("3999 127.0.0.1:6381");
        assertThat(new RespValue.BulkError(Bytes.of("SYNTAX invalid syntax")).code())
                .isEqualTo("SYNTAX");
        assertThat(new RespValue.SimpleError(Bytes.of("EXECABORT")).message()).isEmpty();
        assertThat(new RespValue.SimpleError(Bytes.EMPTY).code()).isEmpty();
    }

    @Test
    void aValueDoesNotChangeWithWhatItWasMadeOf() {
        byte[] array = {'a'};
        RespValue bulk = RespValue.bulk(array);
        List<RespValue> elements = new ArrayList<>(List.of(bulk));
        RespValue list = RespValue.array(elements);
        array[0] = 'b';
        elements.clear();
        ((RespValue.Bulk) bulk).bytes().toArray()[0] = 'c';
        assertThat(bulk).isEqualTo(RespValue.bulk("a"));
        assertThat(list).isEqualTo(RespValue.array(RespValue.bulk("a")));
    }

    @Test
    void theNullsOfResp2AreKeptApart() {
        assertThat(RespValue.nil()).isNotEqualTo(RespValue.nilArray());
    }

    @Test
    void aMapKeepsItsOrderAndKeysThatComeTwice() {
        RespValue one = RespValue.integer(1);
        RespValue.Map map =
                (RespValue.Map) RespValue.map(RespValue.entry(one, one), RespValue.entry(one, RespValue.nil()));
        assertThat(map.entries()).hasSize(2);
        assertThat(map.entries().get(1).value()).isEqualTo(RespValue.nil());
    }

    @Test
    void aBigNumberIsANumber() {
        assertThat(new RespValue.BigNumber("+12").value()).isEqualTo(BigInteger.valueOf(12));
        assertThatThrownBy(() -> new RespValue.BigNumber("1\r\n+OK")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new RespValue.BigNumber("")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aVerbatimFormatCannotForgeAFrame() {
        assertThatThrownBy(() -> new RespValue.Verbatim("a\r\n", Bytes.EMPTY))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aLogLineCannotBeForged() {
        assertThat(RespValue.bulk("a\r\nb\u001b[31m\"\u00e9")).hasToString("\"a\\r\\nb\\x1b[31m\\\"\\xc3\\xa9\"");
        assertThat(RespValue.error("ERR a\nb")).hasToString("-\"ERR a\\nb\"");
    }

    @Test
    void aLogLineIsShortHoweverMuchThereIsToSay() {
        RespValue big = RespValue.bulk("x".repeat(100_000));
        assertThat(big.toString()).hasSizeLessThan(100).endsWith("(100000 bytes)");
        RespValue many = RespValue.array(Collections.nCopies(100_000, big));
        assertThat(many.toString()).hasSizeLessThan(2000).endsWith("(100000)]");
        RespValue deep = big;
        for (int i = 0; i < 100_000; i++) {
            deep = RespValue.array(deep);
        }
        assertThat(deep.toString()).hasSizeLessThan(5000);
    }

    @Test
    void aValueReadsAsItNests() {
        RespValue value = RespValue.array(
                RespValue.ok(),
                RespValue.integer(7),
                RespValue.map(RespValue.entry(RespValue.bulk("k"), RespValue.nil())),
                RespValue.set(RespValue.bool(true), RespValue.number(1.5)),
                RespValue.push(new RespValue.Verbatim("txt", Bytes.of("hi"))),
                new RespValue.Attributed(List.of(), RespValue.nilArray()));
        assertThat(value).hasToString("[+\"OK\", 7, {\"k\": null}, ~[true, 1.5], >[txt:\"hi\"], |{} null[]]");
    }
}
