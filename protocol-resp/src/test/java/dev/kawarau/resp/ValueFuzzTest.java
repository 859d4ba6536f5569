package dev.kawarau.resp;

import com.code_intelligence.jazzer.junit.DictionaryFile;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.kawarau.leakcheck.Arrival;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Whatever {@link RespReader} can read, {@link RespWriter} writes so that it means the same, in either version. */
class ValueFuzzTest {
    private static final RespReader READER = new RespReader(RespLimits.DEFAULT);
    private static final int LONGEST_TEXT = 6000;

    @DictionaryFile(resourcePath = "fuzz.dict")
    @FuzzTest
    void values(byte[] stream) {
        check(stream);
    }

    static void check(byte[] stream) {
        Scanned scanned = Scanned.replies(stream, RespLimits.DEFAULT, Arrival.HEAP, at -> stream.length);
        for (int i = 0; i < scanned.ends().size(); i++) {
            RespValue value;
            try {
                value = read(scanned.frame(stream, i));
            } catch (RespProtocolException notAValue) {
                continue;
            }
            comesBack(value, RespVersion.RESP3, resp3(value));
            comesBack(value, RespVersion.RESP2, resp2(value));
            isFitForALog(value.toString());
        }
    }

    private static void comesBack(RespValue value, RespVersion version, RespValue expected) {
        byte[] written = RandomValues.bytes(value, version);
        RespValue back = read(written);
        Oracle.same("back from " + version, back, expected);
        Oracle.same("written again", Oracle.text(RandomValues.bytes(back, version)), Oracle.text(written));
        Oracle.same("hash", back.hashCode(), expected.hashCode());
        Scanned scanned = Scanned.replies(written, RespLimits.DEFAULT, Arrival.COMPOSITE, at -> 1 + at / 2);
        Oracle.same("frames of what was written", scanned.ends(), List.of(written.length));
    }

    private static RespValue read(byte[] frame) {
        ByteBuf in = Unpooled.wrappedBuffer(frame);
        return READER.read(in, 0, frame.length);
    }

    private static void isFitForALog(String text) {
        Oracle.that(text.length() <= LONGEST_TEXT, "too long for a log", text);
        Oracle.that(text.chars().allMatch(c -> c >= ' ' && c <= '~'), "not printable", text);
    }

    /** What RESP3 makes of a value: line ends within a line become spaces, and there is one null. */
    private static RespValue resp3(RespValue value) {
        if (value instanceof RespValue.SimpleString simple) {
            return new RespValue.SimpleString(oneLine(simple.bytes()));
        } else if (value instanceof RespValue.SimpleError error) {
            return new RespValue.SimpleError(oneLine(error.bytes()));
        } else if (value instanceof RespValue.Null) {
            return new RespValue.Null(RespValue.Null.Form.PLAIN);
        } else if (value instanceof RespValue.Array array) {
            return new RespValue.Array(all3(array.elements()));
        } else if (value instanceof RespValue.Set set) {
            return new RespValue.Set(all3(set.elements()));
        } else if (value instanceof RespValue.Push push) {
            return new RespValue.Push(all3(push.elements()));
        } else if (value instanceof RespValue.Map map) {
            return new RespValue.Map(entries3(map.entries()));
        } else if (value instanceof RespValue.Attributed attributed) {
            return new RespValue.Attributed(entries3(attributed.attributes()), resp3(attributed.value()));
        }
        return value;
    }

    private static List<RespValue> all3(List<RespValue> values) {
        return values.stream().map(ValueFuzzTest::resp3).toList();
    }

    private static List<RespValue.Entry> entries3(List<RespValue.Entry> entries) {
        return entries.stream()
                .map(entry -> RespValue.entry(resp3(entry.key()), resp3(entry.value())))
                .toList();
    }

    /** What RESP2 makes of a value. */
    private static RespValue resp2(RespValue value) {
        if (value instanceof RespValue.Bool bool) {
            return RespValue.integer(bool.value() ? 1 : 0);
        } else if (value instanceof RespValue.Float64) {
            String line = Oracle.text(RandomValues.bytes(value, RespVersion.RESP3));
            return RespValue.bulk(line.substring(1, line.length() - 2));
        } else if (value instanceof RespValue.BigNumber number) {
            return RespValue.bulk(number.digits());
        } else if (value instanceof RespValue.Verbatim verbatim) {
            return new RespValue.Bulk(verbatim.bytes());
        } else if (value instanceof RespValue.BulkError error) {
            return new RespValue.SimpleError(oneLine(error.bytes()));
        } else if (value instanceof RespValue.Null nothing) {
            return nothing.form() == RespValue.Null.Form.ARRAY ? RespValue.nilArray() : RespValue.nil();
        } else if (value instanceof RespValue.Attributed attributed) {
            return resp2(attributed.value());
        } else if (value instanceof RespValue.Array array) {
            return all2(array.elements().stream());
        } else if (value instanceof RespValue.Set set) {
            return all2(set.elements().stream());
        } else if (value instanceof RespValue.Push push) {
            return all2(push.elements().stream());
        } else if (value instanceof RespValue.Map map) {
            return all2(map.entries().stream().flatMap(entry -> Stream.of(entry.key(), entry.value())));
        }
        return resp3(value);
    }

    private static RespValue all2(Stream<RespValue> values) {
        return new RespValue.Array(
                new ArrayList<>(values.map(ValueFuzzTest::resp2).toList()));
    }

    private static Bytes oneLine(Bytes bytes) {
        return Bytes.of(
                Oracle.bytes(Oracle.text(bytes.toArray()).replace('\r', ' ').replace('\n', ' ')));
    }
}
