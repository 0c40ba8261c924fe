package org.example.loss;

import java.util.Map;
import org.apache.pulsar.functions.api.Record;
import org.apache.pulsar.io.core.Source;
import org.apache.pulsar.io.core.SourceContext;

/** Gives the numbers from 0 on as texts, a thousand a second at most; each instance counts anew. */
public class Counter implements Source<String> {

    private long next;
    private String prefix;

    @Override
    public void open(Map<String, Object> config, SourceContext context) {
        prefix = String.valueOf(config.getOrDefault("prefix", ""));
    }

    @Override
    public Record<String> read() throws Exception {
        Thread.sleep(1);
        String text = prefix + next++;
        return () -> text;
    }

    @Override
    public void close() {
    }
}
