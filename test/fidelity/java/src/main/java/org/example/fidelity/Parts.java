package org.example.fidelity;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.pulsar.client.api.CryptoKeyReader;
import org.apache.pulsar.client.api.EncryptionKeyInfo;
import org.apache.pulsar.client.api.Message;
import org.apache.pulsar.client.api.MessagePayload;
import org.apache.pulsar.client.api.MessagePayloadContext;
import org.apache.pulsar.client.api.MessagePayloadProcessor;
import org.apache.pulsar.client.api.Schema;
import org.apache.pulsar.common.schema.SchemaInfo;
import org.apache.pulsar.functions.api.SerDe;
import org.apache.pulsar.functions.windowing.TimestampExtractor;

/** What goes with functions and connectors: two of each. */
public class Parts {
    /** Reads and writes texts. */
    public static class TextSerDe implements SerDe<String> {
        @Override
        public String deserialize(byte[] input) {
            return new String(input, StandardCharsets.UTF_8);
        }

        @Override
        public byte[] serialize(String input) {
            return input.getBytes(StandardCharsets.UTF_8);
        }
    }

    /** Does the same. */
    public static class OtherSerDe implements SerDe<String> {
        @Override
        public String deserialize(byte[] input) {
            return new TextSerDe().deserialize(input);
        }

        @Override
        public byte[] serialize(String input) {
            return new TextSerDe().serialize(input);
        }
    }

    /** A schema of texts. */
    public static class TextSchema implements Schema<String> {
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
            return new TextSchema();
        }
    }

    /** Another one. */
    public static class OtherSchema extends TextSchema {
    }

    /** Has a public key whose private one nobody has. */
    public static class Keys implements CryptoKeyReader {
        private static final long serialVersionUID = 1L;
        private static final String PEM = """
            -----BEGIN PUBLIC KEY-----
            MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAzDRMmU5Vh80cm7h1IZUI
            7kkRzMkFAPqtjTQBvFMZoN5SRlbo8IF9qIGeC7aFeGbS6TPWgLXmjgt7xR0Fm8mQ
            keurcka8B91iEbeG37RHN37ITcJf/dUIqy5x8kJANJiH9AtDbTqJkEXilalbB6Eo
            6lXmNMFeQoD3lMsySKkVTdh44rvT9d2VLznAql46KV7A9uui6oAuCu0yvhGN8atn
            VtkCjtstCVOJtTFeNOYQeofCbXKbylMQrHlc4ADn2oz1q4xjNwMKbah0F6yyAUVg
            ob1KcS/bIMfFnnjbj+s1OqJmgy51H41PVtlWtwggwBW3U4e3B4CkZzdhIusHleSG
            RQIDAQAB
            -----END PUBLIC KEY-----
            """;

        public Keys(Map<String, Object> config) {
        }

        @Override
        public EncryptionKeyInfo getPublicKey(String name, Map<String, String> metadata) {
            return new EncryptionKeyInfo(PEM.getBytes(StandardCharsets.UTF_8), metadata);
        }

        @Override
        public EncryptionKeyInfo getPrivateKey(String name, Map<String, String> metadata) {
            return null;
        }
    }

    /** Has another one. */
    public static class OtherKeys extends Keys {
        private static final long serialVersionUID = 1L;

        public OtherKeys(Map<String, Object> config) {
            super(config);
        }
    }

    /** Unpacks messages as Pulsar does. */
    public static class Unpack implements MessagePayloadProcessor {
        public Unpack() {
        }

        public Unpack(Map<String, Object> config) {
        }

        @Override
        public <T> void process(MessagePayload payload, MessagePayloadContext context, Schema<T> schema,
                Consumer<Message<T>> consumer) throws Exception {
            MessagePayloadProcessor.DEFAULT.process(payload, context, schema, consumer);
        }
    }

    /** Does the same. */
    public static class OtherUnpack extends Unpack {
        public OtherUnpack() {
        }

        public OtherUnpack(Map<String, Object> config) {
        }
    }

    /** Every message is of the beginning. Instances know no type of a window function's messages, so none here. */
    public static class Stamp<T> implements TimestampExtractor<T> {
        @Override
        public long extractTimestamp(T input) {
            return 1;
        }
    }

    /** And a bit later. */
    public static class OtherStamp<T> implements TimestampExtractor<T> {
        @Override
        public long extractTimestamp(T input) {
            return 2;
        }
    }
}
