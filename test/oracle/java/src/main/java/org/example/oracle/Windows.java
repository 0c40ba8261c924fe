package org.example.oracle;

import java.util.Collection;
import java.util.List;
import org.apache.pulsar.functions.api.Record;
import org.apache.pulsar.functions.api.WindowContext;
import org.apache.pulsar.functions.api.WindowFunction;

/** Window functions, and what goes with them. */
public class Windows {
    /** The plainest window function that a worker takes. */
    public static class Count implements WindowFunction<String, Integer> {
        @Override
        public Integer process(Collection<Record<String>> input, WindowContext context) {
            return input.size();
        }
    }

    /** A window function of the Java library. */
    public static class Join implements java.util.function.Function<Collection<String>, String> {
        @Override
        public String apply(Collection<String> input) {
            return String.join(" ", input);
        }
    }

    /** Takes a list, which is a collection. */
    public static class JoinList implements java.util.function.Function<List<String>, String> {
        @Override
        public String apply(List<String> input) {
            return String.join(" ", input);
        }
    }

    /** Leaves its types open. */
    @SuppressWarnings({"rawtypes", "unchecked"})
    public static class Raw implements WindowFunction {
        @Override
        public Object process(Collection input, WindowContext context) {
            return input.size();
        }
    }

    /** Not an extractor of timestamps. */
    public static class NoExtractor {
    }
}
