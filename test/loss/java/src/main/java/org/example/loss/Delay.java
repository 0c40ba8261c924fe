package org.example.loss;

import org.apache.pulsar.functions.api.Context;

/** User config {@code delayMs} (0): how long a message takes, so that some are in flight at a restart. */
final class Delay {

    private Delay() {
    }

    /** An interrupt, with which the thread runtime stops an instance, fails the message: it comes again. */
    static void pause(Context context) throws InterruptedException {
        Object value = context.getUserConfigValueOrDefault("delayMs", 0);
        // Pulsar hands numbers out as doubles, whatever was sent.
        long millis = value instanceof Number ? ((Number) value).longValue() : Long.parseLong(value.toString());
        if (millis > 0) {
            Thread.sleep(millis);
        }
    }
}
