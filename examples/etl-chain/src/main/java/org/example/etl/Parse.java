package org.example.etl;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.apache.pulsar.functions.api.Context;
import org.apache.pulsar.functions.api.Function;

/**
 * Reads a raw order line, checks it, and passes it on with commas between the fields:
 * {@code seq,customer,country,item,quantity,price}.
 *
 * <p>A line that is no order is logged (see the mesh's logTopic) and dropped: a line that fails for ever
 * would be redelivered for ever.
 *
 * <p>User config: {@code separator} (,) of the raw line.
 *
 * <p>The output is bytes on purpose. The next function is Python, whose consumer declares no schema, and
 * Pulsar refuses a text schema on a topic where such a client is attached already.
 */
public class Parse implements Function<String, byte[]> {

    private static final int FIELDS = 6;

    @Override
    public byte[] process(String line, Context context) {
        String separator = context.getUserConfigValueOrDefault("separator", ",").toString();
        String[] fields = line.split(Pattern.quote(separator), -1);
        try {
            if (fields.length != FIELDS) {
                throw new IllegalArgumentException(fields.length + " fields, want " + FIELDS);
            }
            for (int i = 0; i < FIELDS; i++) {
                // No quoting in this small format, so the separator of the next stages must not occur.
                fields[i] = fields[i].trim().replace(',', ' ');
            }
            Long.parseLong(fields[0]);
            new BigDecimal(fields[4]);
            new BigDecimal(fields[5]);
        } catch (IllegalArgumentException e) {
            context.getLogger().warn("dropped order line {}: {}", line, e.getMessage());
            return null;
        }
        return String.join(",", fields).getBytes(StandardCharsets.UTF_8);
    }
}
