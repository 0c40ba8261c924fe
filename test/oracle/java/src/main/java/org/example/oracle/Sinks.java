package org.example.oracle;

import java.util.Map;
import org.apache.pulsar.client.api.Schema;
import org.apache.pulsar.client.api.schema.GenericObject;
import org.apache.pulsar.functions.api.Context;
import org.apache.pulsar.functions.api.Function;
import org.apache.pulsar.functions.api.Record;
import org.apache.pulsar.io.core.Sink;
import org.apache.pulsar.io.core.SinkContext;

/** Sinks, classes that look like sinks, and functions that go before sinks. */
public class Sinks {
    /** The plainest sink that a worker takes: it throws all away. */
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

    /** Takes numbers. */
    public static class OfInteger implements Sink<Integer> {
        @Override
        public void open(Map<String, Object> config, SinkContext context) {
        }

        @Override
        public void write(Record<Integer> record) {
            record.ack();
        }

        @Override
        public void close() {
        }
    }

    /** Takes whatever schema a topic has. */
    public static class OfAnything implements Sink<GenericObject> {
        @Override
        public void open(Map<String, Object> config, SinkContext context) {
        }

        @Override
        public void write(Record<GenericObject> record) {
            record.ack();
        }

        @Override
        public void close() {
        }
    }

    /** Leaves its type open. */
    @SuppressWarnings({"rawtypes", "unchecked"})
    public static class Raw implements Sink {
        @Override
        public void open(Map config, SinkContext context) {
        }

        @Override
        public void write(Record record) {
            record.ack();
        }

        @Override
        public void close() {
        }
    }

    /** Cannot be instantiated. */
    public abstract static class Abstract implements Sink<String> {
    }

    /** Has no constructor without arguments. */
    public static class NeedsArgument extends Drop {
        public NeedsArgument(int size) {
        }
    }

    /** Says nothing of being a sink. */
    public static class NoInterface {
    }

    /** Goes before a sink of numbers. */
    public static class Length implements Function<String, Record<Integer>> {
        @Override
        public Record<Integer> process(String input, Context context) {
            return context.newOutputRecordBuilder(Schema.INT32).value(input.length()).build();
        }
    }

    /** Goes before a sink of texts. */
    public static class Upper implements Function<String, Record<String>> {
        @Override
        public Record<String> process(String input, Context context) {
            return context.newOutputRecordBuilder(Schema.STRING).value(input.toUpperCase()).build();
        }
    }
}
