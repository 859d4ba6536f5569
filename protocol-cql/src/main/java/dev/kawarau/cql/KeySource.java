package dev.kawarau.cql;

import com.datastax.oss.driver.api.core.type.DataType;
import dev.kawarau.cql.statement.Term;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where the value of a column comes from: the statement itself, or what a request binds to its markers. */
sealed interface KeySource {
    /** Appends the values; false if there is one that is not known, or is null, or if there are too many. */
    boolean addTo(List<ByteBuf> found, CqlValues bound, KeyBudget budget);

    /** A literal, as the server would store it. */
    record Constant(ByteBuf value) implements KeySource {
        @Override
        public boolean addTo(List<ByteBuf> found, CqlValues bound, KeyBudget budget) {
            return budget.take() && found.add(value.duplicate());
        }
    }

    /** A marker for one value. */
    record Marked(int position, @Nullable String name) implements KeySource {
        @Override
        public boolean addTo(List<ByteBuf> found, CqlValues bound, KeyBudget budget) {
            int index = indexIn(bound, position, name);
            ByteBuf value = index < 0 ? null : bound.get(index);
            return value != null && budget.take() && found.add(value);
        }
    }

    /** A marker for a list of values, as in {@code k IN ?}. */
    record MarkedList(int position, @Nullable String name) implements KeySource {
        @Override
        public boolean addTo(List<ByteBuf> found, CqlValues bound, KeyBudget budget) {
            int index = indexIn(bound, position, name);
            ByteBuf list = index < 0 ? null : bound.get(index);
            if (list == null || list.readableBytes() < Integer.BYTES) {
                return false;
            }
            for (int left = list.readInt(); left > 0; left--) {
                int length = list.readableBytes() < Integer.BYTES ? -1 : list.readInt();
                if (length < 0 || length > list.readableBytes() || !budget.take()) {
                    return false;
                }
                found.add(list.readSlice(length));
            }
            return true;
        }
    }

    /** Several, as in {@code k IN (1, ?)}. */
    record Several(List<KeySource> sources) implements KeySource {
        @Override
        public boolean addTo(List<ByteBuf> found, CqlValues bound, KeyBudget budget) {
            for (KeySource source : sources) {
                if (!source.addTo(found, bound, budget)) {
                    return false;
                }
            }
            return true;
        }
    }

    private static int indexIn(CqlValues bound, int position, @Nullable String name) {
        if (bound.areNamed()) {
            return name == null ? -1 : bound.indexOf(name);
        }
        return position < bound.count() ? position : -1;
    }

    /**
     * Where the value of a term comes from.
     *
     * @param type of the column; null if it is not known, so that only what is bound is
     * @return null if it is computed, or no value of the type
     */
    static @Nullable KeySource of(Term term, @Nullable DataType type) {
        if (term instanceof Term.Marker marker) {
            return new Marked(marker.position(), marker.name());
        }
        ByteBuf constant = type == null ? null : Literals.encoded(term, type);
        return constant == null ? null : new Constant(constant);
    }

    /** Where the values of the terms come from; null if one of them is not known. */
    static @Nullable KeySource of(List<Term> terms, @Nullable DataType type) {
        List<KeySource> sources = new ArrayList<>(terms.size());
        for (Term term : terms) {
            KeySource source = of(term, type);
            if (source == null) {
                return null;
            }
            sources.add(source);
        }
        return new Several(List.copyOf(sources));
    }
}
