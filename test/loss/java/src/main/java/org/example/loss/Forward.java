package org.example.loss;

import org.apache.pulsar.functions.api.Context;
import org.apache.pulsar.functions.api.Function;

/** Passes each message on as it is, with its key and properties. User config: see {@link Delay}. */
public class Forward implements Function<String, String> {

    @Override
    public String process(String input, Context context) throws Exception {
        Delay.pause(context);
        return input;
    }
}
