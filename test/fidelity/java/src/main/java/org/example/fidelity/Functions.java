package org.example.fidelity;

import java.util.Collection;
import org.apache.pulsar.functions.api.Context;
import org.apache.pulsar.functions.api.Function;
import org.apache.pulsar.functions.api.Record;
import org.apache.pulsar.functions.api.WindowContext;
import org.apache.pulsar.functions.api.WindowFunction;
import org.apache.pulsar.client.api.Schema;

/** Functions of texts, of windows, and before sinks. */
public class Functions {
    /** Gives what it gets. */
    public static class Same implements Function<String, String> {
        @Override
        public String process(String input, Context context) {
            return input;
        }
    }

    /** Gives it louder. */
    public static class Loud implements Function<String, String> {
        @Override
        public String process(String input, Context context) {
            return input + "!";
        }
    }

    /** Joins a window. */
    public static class Join implements WindowFunction<String, String> {
        @Override
        public String process(Collection<Record<String>> input, WindowContext context) {
            StringBuilder all = new StringBuilder();
            input.forEach(r -> all.append(r.getValue()));
            return all.toString();
        }
    }

    /** Counts a window. */
    public static class Count implements WindowFunction<String, String> {
        @Override
        public String process(Collection<Record<String>> input, WindowContext context) {
            return Integer.toString(input.size());
        }
    }

    /** Goes before a sink and changes nothing. */
    public static class Pass implements Function<String, Record<String>> {
        @Override
        public Record<String> process(String input, Context context) {
            return context.newOutputRecordBuilder(Schema.STRING).value(input).build();
        }
    }

    /** Goes before a sink and makes all upper case. */
    public static class Upper implements Function<String, Record<String>> {
        @Override
        public Record<String> process(String input, Context context) {
            return context.newOutputRecordBuilder(Schema.STRING).value(input.toUpperCase()).build();
        }
    }
}
