package org.example.pip66;

import org.apache.pulsar.functions.api.Context;
import org.apache.pulsar.functions.api.Function;

/** Adds an exclamation mark. */
public class Exclaim implements Function<String, String> {

    @Override
    public String process(String input, Context context) {
        return input + "!";
    }
}
