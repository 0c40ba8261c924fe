package org.example.oracle;

import org.apache.pulsar.functions.api.Context;
import org.apache.pulsar.functions.api.Function;

/** The plainest function that a worker takes. */
public class Echo implements Function<String, String> {
    @Override
    public String process(String input, Context context) {
        return input;
    }
}
