package org.example.loss;

import java.util.Collection;
import org.apache.pulsar.functions.api.Record;
import org.apache.pulsar.functions.api.WindowContext;
import org.apache.pulsar.functions.api.WindowFunction;

/** Tells of each window how many messages it holds, and the first of them. */
public class Window implements WindowFunction<String, String> {

    @Override
    public String process(Collection<Record<String>> window, WindowContext context) {
        for (Record<String> record : window) {
            return window.size() + " from " + record.getValue();
        }
        return null;
    }
}
