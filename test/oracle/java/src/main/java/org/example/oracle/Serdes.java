package org.example.oracle;

import java.nio.charset.StandardCharsets;
import org.apache.pulsar.functions.api.SerDe;

/** Serializers, and classes that look like serializers. */
public class Serdes {
    /** For texts. */
    public static class OfString implements SerDe<String> {
        @Override
        public String deserialize(byte[] input) {
            return new String(input, StandardCharsets.UTF_8);
        }

        @Override
        public byte[] serialize(String input) {
            return input.getBytes(StandardCharsets.UTF_8);
        }
    }

    /** For numbers. */
    public static class OfInteger implements SerDe<Integer> {
        @Override
        public Integer deserialize(byte[] input) {
            return input.length;
        }

        @Override
        public byte[] serialize(Integer input) {
            return new byte[input];
        }
    }

    /** For anything. */
    public static class OfObject implements SerDe<Object> {
        @Override
        public Object deserialize(byte[] input) {
            return input;
        }

        @Override
        public byte[] serialize(Object input) {
            return input.toString().getBytes(StandardCharsets.UTF_8);
        }
    }

    /** Leaves its type open. */
    @SuppressWarnings("rawtypes")
    public static class Raw implements SerDe {
        @Override
        public Object deserialize(byte[] input) {
            return input;
        }

        @Override
        public byte[] serialize(Object input) {
            return input.toString().getBytes(StandardCharsets.UTF_8);
        }
    }

    /** Has its type from {@link OfString}. */
    public static class Inherited extends OfString {
    }

    /** Has no constructor without arguments. */
    public static class NeedsArgument implements SerDe<String> {
        private final byte padding;

        public NeedsArgument(byte padding) {
            this.padding = padding;
        }

        @Override
        public String deserialize(byte[] input) {
            return new String(input, StandardCharsets.UTF_8);
        }

        @Override
        public byte[] serialize(String input) {
            return new byte[] {padding};
        }
    }

    /** Says nothing of being a serializer. */
    public static class NoInterface {
        public NoInterface() {
        }
    }
}
