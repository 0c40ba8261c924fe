package org.example.loss;

import org.apache.pulsar.functions.api.Context;

/** User config {@code delayMs} (0): how long a message takes, so that some are in flight at a restart. */
final class Delay {

    private Delay() {
    }

    static void pause(Context context) throws InterruptedException {
        Object value = context.getUserConfigValueOrDefault("delayMs", 0);
        // Pulsar hands numbers out as doubles, whatever was sent.
        long millis = value instanceof Number ? ((Number) value).longValue() : Long.parseLong(value.toString());
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            // With an interrupt the thread runtime stops an instance. The message fails, so it comes again;
            // the flag is set again because Pulsar takes the exception for a failure of the function only,
            // and would go on with the next messages until it gives up after 10 seconds.
            Thread.currentThread().interrupt();
            throw e;
        }
    }
}
