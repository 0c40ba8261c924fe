package org.example.oracle;

import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.apache.pulsar.functions.api.Record;
import org.apache.pulsar.io.core.BatchSource;
import org.apache.pulsar.io.core.BatchSourceTriggerer;
import org.apache.pulsar.io.core.PushSource;
import org.apache.pulsar.io.core.Source;
import org.apache.pulsar.io.core.SourceContext;

/** Sources, and classes that look like sources. */
public class Sources {
    /** The plainest source that a worker takes: nothing ever comes. */
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

    /** Pushes its records, if it had any. */
    public static class Pushing extends PushSource<byte[]> {
        @Override
        public void open(Map<String, Object> config, SourceContext context) {
        }

        @Override
        public void close() {
        }
    }

    /** Yields numbers, if it yielded any. */
    public static class OfInteger implements Source<Integer> {
        private final CountDownLatch closed = new CountDownLatch(1);

        @Override
        public void open(Map<String, Object> config, SourceContext context) {
        }

        @Override
        public Record<Integer> read() throws Exception {
            closed.await();
            return null;
        }

        @Override
        public void close() {
            closed.countDown();
        }
    }

    /** Leaves its type open. */
    @SuppressWarnings("rawtypes")
    public static class Raw implements Source {
        private final CountDownLatch closed = new CountDownLatch(1);

        @Override
        public void open(Map config, SourceContext context) {
        }

        @Override
        public Record read() throws Exception {
            closed.await();
            return null;
        }

        @Override
        public void close() {
            closed.countDown();
        }
    }

    /** Cannot be instantiated. */
    public abstract static class Abstract implements Source<String> {
    }

    /** Has no constructor without arguments. */
    public static class NeedsArgument extends Silent {
        public NeedsArgument(int size) {
        }
    }

    /** Says nothing of being a source. */
    public static class NoInterface {
    }

    /** Reads in batches, of which none ever comes. */
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
    public static class Trigger implements BatchSourceTriggerer {
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
}
