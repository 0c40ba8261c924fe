package org.example.loss;

import org.apache.pulsar.functions.api.Context;
import org.apache.pulsar.functions.api.Function;

/**
 * Appends {@code >function:build}, so that a message shows its whole way and which build it met:
 * {@code 17>first:a>second:b}. User config: {@code label} instead of the function's name, and {@link Delay}.
 */
public class Tag implements Function<String, String> {

    @Override
    public String process(String input, Context context) throws Exception {
        Delay.pause(context);
        Object label = context.getUserConfigValueOrDefault("label", context.getFunctionName());
        return input + ">" + label + ":" + Build.NAME;
    }
}
