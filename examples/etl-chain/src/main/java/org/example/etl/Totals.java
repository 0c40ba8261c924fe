package org.example.etl;

import java.math.BigDecimal;
import java.util.HashMap;
import java.util.Map;
import org.apache.pulsar.client.api.Schema;
import org.apache.pulsar.functions.api.Context;
import org.apache.pulsar.functions.api.Function;
import org.apache.pulsar.functions.api.Record;

/**
 * Publishes, for each order, what the customer has spent since this instance started:
 * {@code seq,customer,gross,total}, with the customer as the message key.
 *
 * <p>The order of messages matters here, so the mesh asks for retainOrdering. The totals are in memory and
 * start again at zero with each restart; {@code seq} and {@code gross} are always right.
 */
public class Totals implements Function<String, Record<String>> {

    private final Map<String, BigDecimal> totals = new HashMap<>();

    @Override
    public Record<String> process(String order, Context context) {
        String[] fields = order.split(",", -1);
        String customer = fields[1];
        String gross = fields[7];
        BigDecimal total = totals.merge(customer, new BigDecimal(gross), BigDecimal::add);
        return context.newOutputRecordBuilder(Schema.STRING)
                .key(customer)
                .value(String.join(",", fields[0], customer, gross, total.toPlainString()))
                .build();
    }
}
