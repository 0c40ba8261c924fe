package org.example.fidelity;

import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.apache.pulsar.functions.api.Record;
import org.apache.pulsar.io.core.BatchSource;
import org.apache.pulsar.io.core.BatchSourceTriggerer;
import org.apache.pulsar.io.core.Sink;
import org.apache.pulsar.io.core.SinkContext;
import org.apache.pulsar.io.core.Source;
import org.apache.pulsar.io.core.SourceContext;

/** Sources that never have anything, and sinks that throw all away. */
public class Connectors {
    /** A source. */
    public static class Silent implements Source<String> {
        private final CountDownLatch closed = new CountDownLatch(1);

        @Override
        public void open(Map<String, Object> config, SourceContext context) {
        }

        @Override
        public Record<String> read() throws Exception {
            closed.await();
            return null;
        }

        @Override
        public void close() {
            closed.countDown();
        }
    }

    /** Another source. */
    public static class Quiet extends Silent {
    }

    /** Says tick, again and again. */
    public static class Ticker implements Source<String> {
        @Override
        public void open(Map<String, Object> config, SourceContext context) {
        }

        @Override
        public Record<String> read() throws Exception {
            Thread.sleep(50);
            return this::says;
        }

        protected String says() {
            return "tick";
        }

        @Override
        public void close() {
        }
    }

    /** Says tock. */
    public static class Tocker extends Ticker {
        @Override
        protected String says() {
            return "tock";
        }
    }

    /** A source that reads in batches. */
    public static class Batches implements BatchSource<String> {
        @Override
        public void open(Map<String, Object> config, SourceContext context) {
        }

        @Override
        public void discover(Consumer<byte[]> taskEater) {
        }

        @Override
        public void prepare(byte[] task) {
        }

        @Override
        public Record<String> readNext() {
            return null;
        }

        @Override
        public void close() {
        }
    }

    /** Never asks for a batch. */
    public static class Never implements BatchSourceTriggerer {
        @Override
        public void init(Map<String, Object> config, SourceContext context) {
        }

        @Override
        public void start(Consumer<String> trigger) {
        }

        @Override
        public void stop() {
        }
    }

    /** Never asks for one either. */
    public static class NotEver extends Never {
    }

    /** A sink. */
    public static class Drop implements Sink<String> {
        @Override
        public void open(Map<String, Object> config, SinkContext context) {
        }

        @Override
        public void write(Record<String> record) {
            record.ack();
        }

        @Override
        public void close() {
        }
    }

    /** Another sink. */
    public static class Discard extends Drop {
    }
}
