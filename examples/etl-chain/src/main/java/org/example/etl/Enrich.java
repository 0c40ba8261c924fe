package org.example.etl;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.pulsar.functions.api.Context;
import org.apache.pulsar.functions.api.Function;

/**
 * Adds the tax rate of the customer's country and what the customer pays:
 * {@code seq,customer,country,item,quantity,price,rate,gross}.
 *
 * <p>User config: {@code rates}, country to per cent, and {@code otherRate} (0) for all other countries.
 *
 * <p>The input is bytes because the function before is Python, see {@link Parse}.
 */
public class Enrich implements Function<byte[], String> {

    @Override
    public String process(byte[] input, Context context) {
        String order = new String(input, StandardCharsets.UTF_8);
        String[] fields = order.split(",", -1);
        BigDecimal rate = rate(fields[2], context);
        BigDecimal net = new BigDecimal(fields[4]).multiply(new BigDecimal(fields[5]));
        BigDecimal gross = net.multiply(rate.movePointLeft(2).add(BigDecimal.ONE));
        return order + "," + rate.toPlainString() + "," + gross.setScale(2, RoundingMode.HALF_UP);
    }

    private static BigDecimal rate(String country, Context context) {
        Object other = context.getUserConfigValueOrDefault("otherRate", 0);
        Object rates = context.getUserConfigValueOrDefault("rates", Map.of());
        Object rate = ((Map<?, ?>) rates).get(country);
        // Pulsar hands numbers out as doubles, so 19 comes as 19.0.
        return new BigDecimal(String.valueOf(rate != null ? rate : other)).setScale(1, RoundingMode.HALF_UP);
    }
}
