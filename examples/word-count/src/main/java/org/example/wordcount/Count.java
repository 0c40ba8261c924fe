package org.example.wordcount;

import java.util.HashMap;
import java.util.Map;
import org.apache.pulsar.client.api.Schema;
import org.apache.pulsar.functions.api.Context;
import org.apache.pulsar.functions.api.Function;
import org.apache.pulsar.functions.api.Record;

/**
 * Publishes an increment for each word: the key is the word, the value is {@code "1"}. The count of a word
 * is the sum of its increments.
 *
 * <p>Why not publish the running count? It lives in the memory of one instance: a restart forgets it, and
 * two instances each know a part. Increments stay right in both cases. The running count since the
 * start of this instance goes along as property {@code seen}, for the eye only.
 *
 * <p>The properties {@code sentence} and {@code index} of the word are passed on, see {@link Split}.
 */
public class Count implements Function<String, Record<String>> {

    // An instance calls process from one thread only.
    private final Map<String, Long> seen = new HashMap<>();

    @Override
    public Record<String> process(String word, Context context) {
        Map<String, String> properties = new HashMap<>(context.getCurrentRecord().getProperties());
        properties.put("seen", Long.toString(seen.merge(word, 1L, Long::sum)));
        properties.put("instance", Integer.toString(context.getInstanceId()));

        // Returned and not published here: Pulsar acknowledges the word once the increment is stored.
        return context.newOutputRecordBuilder(Schema.STRING)
                .key(word)
                .value("1")
                .properties(properties)
                .build();
    }
}
