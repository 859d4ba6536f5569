package dev.kawarau.benchmark.endtoend;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Numbers as the tables and charts show them. */
final class Text {
    private Text() {}

    /** With thousands set apart. */
    static String rounded(@Nullable Double number) {
        return format("%,.0f", number);
    }

    static String twoDigits(@Nullable Double number) {
        return format("%.2f", number);
    }

    static String percent(@Nullable Double number) {
        return format("%.0f%%", number == null ? null : Double.valueOf(100 * number));
    }

    /** A dash for what was not measured, or was too short for a clock. */
    private static String format(String format, @Nullable Double number) {
        return number == null || !Double.isFinite(number) ? "-" : String.format(Locale.ROOT, format, number);
    }
}
