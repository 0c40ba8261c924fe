package org.example.pages;

import org.apache.pulsar.functions.api.Context;
import org.apache.pulsar.functions.api.Function;

/** Passes on the pages that were viewed more often than the user config's "limit" says. */
public class Busy implements Function<String, String> {
    @Override
    public String process(String counted, Context context) {
        double limit = ((Number) context.getUserConfigValueOrDefault("limit", 100)).doubleValue();
        StringBuilder busy = new StringBuilder();
        for (String entry : counted.split(" ")) {
            int at = entry.lastIndexOf('=');
            if (at > 0 && Integer.parseInt(entry.substring(at + 1)) > limit) {
                busy.append(busy.isEmpty() ? "" : " ").append(entry);
            }
        }
        return busy.isEmpty() ? null : busy.toString();
    }
}
