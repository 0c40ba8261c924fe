package org.example.oracle;

import java.nio.charset.StandardCharsets;
import org.apache.pulsar.client.api.Schema;
import org.apache.pulsar.common.schema.SchemaInfo;

/** Schemas, and classes that look like schemas. */
public class Schemas {
    /** For texts. */
    public static class OfString implements Schema<String> {
        @Override
        public byte[] encode(String message) {
            return message.getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public String decode(byte[] bytes) {
            return new String(bytes, StandardCharsets.UTF_8);
        }

        @Override
        public SchemaInfo getSchemaInfo() {
            return Schema.STRING.getSchemaInfo();
        }

        @Override
        public Schema<String> clone() {
            return new OfString();
        }
    }

    /** For numbers. */
    public static class OfInteger implements Schema<Integer> {
        @Override
        public byte[] encode(Integer message) {
            return Schema.INT32.encode(message);
        }

        @Override
        public Integer decode(byte[] bytes) {
            return Schema.INT32.decode(bytes);
        }

        @Override
        public SchemaInfo getSchemaInfo() {
            return Schema.INT32.getSchemaInfo();
        }

        @Override
        public Schema<Integer> clone() {
            return new OfInteger();
        }
    }

    /** Has its type from {@link OfString}. */
    public static class Inherited extends OfString {
    }

    /** Says nothing of being a schema. */
    public static class NoInterface {
    }
}
