package org.example.fidelity;

import java.nio.charset.StandardCharsets;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
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

    /** Has a key that is thrown away at the end. */
    public static class Keys implements CryptoKeyReader {
        private static final long serialVersionUID = 1L;
        private final byte[] pem;

        public Keys(Map<String, Object> config) throws NoSuchAlgorithmException {
            KeyPairGenerator pairs = KeyPairGenerator.getInstance("RSA");
            pairs.initialize(2048);
            String text = Base64.getMimeEncoder().encodeToString(pairs.generateKeyPair().getPublic().getEncoded());
            pem = ("-----BEGIN PUBLIC KEY-----\n" + text + "\n-----END PUBLIC KEY-----\n").getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public EncryptionKeyInfo getPublicKey(String name, Map<String, String> metadata) {
            return new EncryptionKeyInfo(pem, metadata);
        }

        @Override
        public EncryptionKeyInfo getPrivateKey(String name, Map<String, String> metadata) {
            return null;
        }
    }

    /** Has another one. */
    public static class OtherKeys extends Keys {
        private static final long serialVersionUID = 1L;

        public OtherKeys(Map<String, Object> config) throws NoSuchAlgorithmException {
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
