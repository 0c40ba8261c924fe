package org.example.loss;

import java.util.Map;
import org.apache.pulsar.functions.api.Record;
import org.apache.pulsar.io.core.Source;
import org.apache.pulsar.io.core.SourceContext;

/**
 * Gives the numbers from 0 on as texts, one a millisecond at most, or as rarely as `pauseMs` says; each
 * instance counts anew.
 */
public class Counter implements Source<String> {

    private long next;
    private String prefix;
    private long pauseMs;

    @Override
    public void open(Map<String, Object> config, SourceContext context) {
        prefix = String.valueOf(config.getOrDefault("prefix", ""));
        pauseMs = Long.parseLong(String.valueOf(config.getOrDefault("pauseMs", 1)));
    }

    @Override
    public Record<String> read() throws Exception {
        Thread.sleep(pauseMs);
        String text = prefix + next++;
        return () -> text;
    }

    @Override
    public void close() {
    }
}
