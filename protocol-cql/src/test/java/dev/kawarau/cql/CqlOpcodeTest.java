package dev.kawarau.cql;

import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.protocol.internal.ProtocolConstants;
import java.lang.reflect.Field;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class CqlOpcodeTest {

    @Test
    void namesAndCodesAreThoseOfTheDriver() throws IllegalAccessException {
        Map<String, Integer> driver = new HashMap<>();
        for (Field constant : ProtocolConstants.Opcode.class.getFields()) {
            driver.put(constant.getName(), constant.getInt(null));
        }
        Map<String, Integer> ours = new HashMap<>();
        for (CqlOpcode opcode : CqlOpcode.values()) {
            ours.put(opcode.name(), opcode.code());
        }
        assertThat(ours).isEqualTo(driver);
    }

    @ParameterizedTest
    @EnumSource
    void everyOpcodeIsFoundByItsCode(CqlOpcode opcode) {
        assertThat(CqlOpcode.of(opcode.code())).isEqualTo(opcode);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0x04, 0x11, 0xff, Integer.MAX_VALUE, Integer.MIN_VALUE})
    void aCodeThatTheSpecificationDoesNotNameIsNoOpcode(int code) {
        assertThat(CqlOpcode.of(code)).isNull();
    }

    @Test
    void requestsAreWhatAClientSends() {
        assertThat(CqlOpcode.values())
                .filteredOn(opcode -> !opcode.isResponse())
                .containsExactlyInAnyOrder(
                        CqlOpcode.STARTUP,
                        CqlOpcode.OPTIONS,
                        CqlOpcode.QUERY,
                        CqlOpcode.PREPARE,
                        CqlOpcode.EXECUTE,
                        CqlOpcode.REGISTER,
                        CqlOpcode.BATCH,
                        CqlOpcode.AUTH_RESPONSE);
    }
}
